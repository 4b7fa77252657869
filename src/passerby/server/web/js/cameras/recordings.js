import { atMinute, duration, number } from "../core/format.js";
import { h } from "../core/h.js";
import { empty } from "../core/state.js";
import { pages } from "../parts/pages.js";

/** What was taken in, as a table. @param {Element} into */
export function recordings(into) {
  return pages(into, {
    path: "/recordings", query: { limit: 50 }, words: "Loading recordings …",
    list: () => h("div.scroll.card", { tabindex: 0, role: "region", "aria-label": "Recordings" }, h("table", null,
      h("thead", null, h("tr", null, ["Video", "Camera", "Begins", "Lasts", "Frames", "Lost"].map((words) => h("th", { scope: "col" }, words)))), h("tbody"))),
    body: (made) => /** @type {Element} */ (made.querySelector("tbody")),
    row: (one) => h("tr", null, h("th", { scope: "row" }, one.source), h("td", null, one.camera),
      h("td", null, one.start ? atMinute(Date.parse(one.start) / 1000) : "unknown"), h("td.number", null, duration(one.duration)),
      h("td.number", null, number(one.frames)), h("td.number", null, number(one.lost))),
    none: () => empty("Nothing was taken in yet"),
  });
}
