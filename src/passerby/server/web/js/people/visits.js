import { post } from "../core/api.js";
import { counted, duration, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { go } from "../core/router.js";
import { say, toast } from "../core/say.js";
import { may } from "../core/session.js";
import { action } from "../core/state.js";
import { ticked } from "../parts/field.js";
import { filmstrip } from "../parts/filmstrip.js";
import { aTracklet, forgetDialog } from "../parts/forget.js";
import { forgot, look } from "../search/state.js";
import { pageOf } from "./card.js";

/**
 * Somebody's visits, one below the other; operators can say that some show somebody else, admins have one forgotten.
 * @param {any[]} visits @param {any[]} moves @param {() => void} changed
 * @returns {{element: HTMLElement, show: (id: string) => void}}
 */
export function visitList(visits, moves, changed) {
  const chosen = new Set();
  const bar = h("div.bar.card.chosen-bar", { hidden: true, role: "group", "aria-label": "What to do with the chosen visits" });
  const items = new Map(visits.map((visit) => [visit.id, item(visit)]));

  function item(visit) {
    const way = moves.find((move) => move.end === visit.camera && move.reached === visit.start);
    const choice = may("operator") && ticked("Choose", h("input", { type: "checkbox", "aria-label": `Choose ${visit.camera}, ${seenAt(visit)}`, onchange: (event) => {
      if (event.target.checked) chosen.add(visit.id);
      else chosen.delete(visit.id);
      mark();
    } }));
    return h("li.visit-item.card", { tabindex: -1 },
      h("header", null, h("p.where", null, h("b", null, visit.camera), visit.zone && h("span.zone", null, visit.zone)),
        h("p.when", null, seenAt(visit), ` · ${duration(visit.end - visit.start)}`),
        way && h("p.note", null, `${duration(way.seconds)} after ${way.start}`)),
      filmstrip(visit),
      h("div.acts", null, choice, h("button", { type: "button", onclick: () => {
        look({ kind: "tracklet", tracklet: visit });
        go("#/search");
      } }, "Search from this"),
      may("admin") && h("button.danger", { type: "button", onclick: () => forgetDialog(aTracklet(visit), () => {
        forgot(visit.id);
        toast("Forgotten.");
        changed();
      }) }, "Forget …", h("span.unseen", null, ` ${visit.camera}, ${seenAt(visit)}`))));
  }

  function mark() {
    bar.hidden = !chosen.size;
    fill(bar, h("p", null, h("b", null, `${counted(chosen.size, "visit")} chosen`)), h("span.spring"),
      action("They show somebody else: split", async () => {
        const person = await post("/people/split", { tracklets: [...chosen] });
        toast("Split off as somebody new.");
        go(pageOf(person));
      }),
      action("They show nobody in particular", async () => {
        const { kept } = await post("/people/unassign", { tracklets: [...chosen] });
        toast(`${counted(kept, "visit")} taken back.`);
        changed();
      }));
  }

  return {
    element: h("div", null, bar, h("ol.visits", null, [...items.values()])),
    show: (id) => {
      const there = items.get(id);
      there?.scrollIntoView({ block: "center" });
      there?.focus({ preventScroll: true });
      say(`Visit at ${visits.find((one) => one.id === id)?.camera}`);
    },
  };
}
