import { ask, get } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { called, distance, percent, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { during } from "../core/state.js";
import { upload } from "./run.js";

/** Two pictures side by side, and where the model looks in them. */

let maps = true; // whether the response maps are shown; remembered from one comparison to the next

/**
 * @param {any} query who is looked for (see state.js)
 * @param {any} hit the answer to compare with
 * @param {{confirm?: () => void, reject?: () => void, forget?: (() => void) | false}} [acts] what can be said of it
 */
export function compareDialog(query, hit, acts = {}) {
  const right = hit.tracklet;
  const left = query.kind === "picture" ? null : query.kind === "tracklet" ? query.tracklet : ofCover(query.person);
  const place = { left: 0, right: 0 };
  const body = h("div.compare");

  const load = () => {
    if (query.kind === "picture") {
      const form = upload(query.file, { tracklet: right.id, crop: place.right, ...(query.box ? { box: query.box } : {}) });
      return ask("POST", "/compare", { form });
    }
    if (!left) throw new Error("No picture of this person is kept");
    return get("/compare", { left: left.id, right: right.id, left_crop: place.left, right_crop: place.right });
  };
  const show = () => during(body, "Comparing …", async () => load(), (found) => drawn(found));

  function drawn(found) {
    const none = !found.left.response && !found.right.response;
    const both = h("div.both");
    const draw = () => fill(both, side("left", found.left), side("right", found.right));
    const toggle = h("input", { type: "checkbox", id: "maps", checked: maps && !none, disabled: none, onchange: () => { maps = toggle.checked; draw(); } });
    draw();
    return [both,
      h("p.verdict", null, "Distance ", h("b", null, distance(found.distance)),
        found.probability !== null && [" · ", h("b", null, percent(found.probability)), " probable to be the same person"]),
      h("label.ticked", null, toggle, h("span", null, "Response maps: where the model looks (m)")),
      found.note && h("p.note", null, `No response map: ${found.note}.`)];
  }

  function side(which, shown) {
    const tracklet = which === "left" ? left : right;
    const words = which === "left" ? (query.kind === "person" ? called(query.person) : "Who is looked for") : "This result";
    const crops = tracklet?.crops?.length ?? 1;
    const turn = (by) => { place[which] = (place[which] + by + crops) % crops; show(); };
    return h("figure", null, h("figcaption", null, h("b", null, words),
      h("span", null, tracklet?.camera ? `${tracklet.camera} · ${seenAt(tracklet)}` : "\u00a0")),
    h("div.looks", null, h("img", { src: shown.picture, alt: words }),
      maps && shown.response && h("img", { src: shown.response, alt: `${words}: response map` })),
    crops > 1 && h("p.turn", null,
      h("button.quiet", { type: "button", "aria-label": `${words}: previous picture`, onclick: () => turn(-1) }, "‹"),
      h("span", null, `${place[which] + 1} of ${crops}`),
      h("button.quiet", { type: "button", "aria-label": `${words}: next picture`, onclick: () => turn(1) }, "›")));
  }

  const judge = (act) => act && (() => { close(); act(); });
  const yes = judge(acts.confirm);
  const no = judge(acts.reject);
  const forget = judge(acts.forget);
  const { close } = openDialog("Side by side", h("div", null, body, h("footer", null,
    forget && [h("button.danger", { type: "button", onclick: forget }, "Forget this tracklet …"), h("span.spring")],
    no && h("button.no", { type: "button", onclick: no }, "✗ Reject"),
    yes && h("button.yes", { type: "button", onclick: yes }, hit.verdict === "confirmed" ? "✓ Confirmed: take back" : "✓ Confirm"))), {
    kind: "wide",
    onkey: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "c") yes?.();
      else if (event.key === "x") no?.();
      else if (event.key === "m") document.getElementById("maps")?.click();
    },
  });
  show();
}

/** The tracklet that a person's cover is of; its pictures are not counted. */
function ofCover(person) {
  const found = /\/tracklets\/([^/]+\/\d+)\/crops\//.exec(person.cover ?? "");
  return found && { id: found[1], crops: [] };
}
