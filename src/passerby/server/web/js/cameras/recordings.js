import { atMinute, duration, number } from "../core/format.js";
import { h } from "../core/h.js";
import { toast } from "../core/say.js";
import { may } from "../core/session.js";
import { empty } from "../core/state.js";
import { aRecording, forgetDialog } from "../parts/forget.js";
import { pages } from "../parts/pages.js";
import { forgot } from "../search/state.js";

/**
 * What was taken in, as a table; admins can have a recording forgotten.
 * @param {Element} into @param {() => void} changed
 */
export function recordings(into, changed) {
  const forget = (one) => h("button.danger.tiny", { type: "button", onclick: () => forgetDialog(aRecording(one), () => {
    forgot(one.id);
    toast("Forgotten.");
    changed();
  }) }, "Forget …", h("span.unseen", null, ` recording ${one.source}, camera ${one.camera}`));
  return pages(into, {
    path: "/recordings", query: { limit: 50 }, words: "Loading recordings …",
    list: () => h("div.scroll.card", { tabindex: 0, role: "region", "aria-label": "Recordings" }, h("table", null,
      h("thead", null, h("tr", null, ["Video", "Camera", "Begins", "Lasts", "Frames", "Lost"].map((words) => h("th", { scope: "col" }, words)),
      may("admin") && h("td"))), h("tbody"))),
    body: (made) => /** @type {Element} */ (made.querySelector("tbody")),
    row: (one) => h("tr", null, h("th", { scope: "row" }, one.source), h("td", null, one.camera),
      h("td", null, one.start ? atMinute(Date.parse(one.start) / 1000) : "unknown"), h("td.number", null, duration(one.duration)),
      h("td.number", null, number(one.frames)), h("td.number", null, number(one.lost)), may("admin") && h("td", null, forget(one))),
    none: () => empty("Nothing was taken in yet"),
  });
}
