import { counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { may } from "../core/session.js";
import { crop } from "../parts/crop.js";
import { state } from "./state.js";

/** What was said of answers: kept as a whole, so that it can be taken back. */

/** @param {string} id */
export function confirm(id) {
  remember();
  state.confirmed = state.confirmed.includes(id) ? state.confirmed.filter((one) => one !== id) : [...state.confirmed, id];
}

/** @param {any} tracklet */
export function reject(tracklet) {
  remember();
  state.confirmed = state.confirmed.filter((one) => one !== tracklet.id);
  if (!state.rejected.some((one) => one.id === tracklet.id)) state.rejected = [...state.rejected, { id: tracklet.id, tracklet }];
}

/** @param {string} id */
export function forgive(id) {
  remember();
  state.rejected = state.rejected.filter((one) => one.id !== id);
}

/** Take back the last word. @returns {boolean} whether there was one */
export function undo() {
  const before = state.past.pop();
  if (before) Object.assign(state, before);
  return Boolean(before);
}

const remember = () => { state.past = [...state.past, { confirmed: state.confirmed, rejected: state.rejected }].slice(-100); };

/** What was said, in words. */
export const said = () => `${state.confirmed.length} confirmed, ${state.rejected.length} rejected`;

/**
 * The line above the results.
 * @param {{undo: () => void, clear: () => void, keep: () => void, forgive: (id: string) => void}} acts
 */
export function feedbackBar(acts) {
  const element = h("section.feedback.card", { "aria-label": "What you said", hidden: true });
  let open = false;
  function show() {
    const { confirmed, rejected, past } = state;
    element.hidden = !(confirmed.length || rejected.length || past.length);
    const button = (label, act, props = {}) => h("button", { type: "button", onclick: act, ...props }, label);
    fill(element, h("div.bar", null,
      h("p", null, h("b.yes", null, `✓ ${confirmed.length} confirmed`), " · ", h("b.no", null, `✗ ${rejected.length} rejected`)),
      h("span.spring"),
      button("Undo", acts.undo, { class: "quiet", disabled: !past.length, title: "Undo (u)" }),
      button("Clear", acts.clear, { class: "quiet", disabled: !confirmed.length && !rejected.length }),
      may("operator") && button("Keep as …", acts.keep, { class: "main", disabled: !confirmed.length && !rejected.length })),
    rejected.length > 0 && h("details", { open, ontoggle: (event) => { open = event.target.open; } },
      h("summary", null, counted(rejected.length, "rejected tracklet")),
      h("ul.rejected", null, rejected.map(({ id, tracklet }) => h("li", null,
        tracklet.crops[0] && crop(tracklet.crops[0].url, `From camera ${tracklet.camera}`),
        button("Take back", () => acts.forgive(id), { class: "tiny", "aria-label": `Take back the rejection of ${tracklet.camera}, ${tracklet.when}` }))))));
  }
  return { element, show };
}
