import { distance, percent, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { filmstrip } from "../parts/filmstrip.js";

/**
 * One answer: the pictures of a tracklet, what is known of it, and what can be said of it.
 * @typedef {{confirm: (id: string) => void, reject: (id: string) => void, again: (id: string) => void, compare: (id: string) => void}} Acts
 */

/** @param {string} id @param {Acts} acts @returns {HTMLElement} an empty one; `showHit` fills it */
export function resultCard(id, acts) {
  const button = (name, mark, label, props = {}) => h("button", {
    type: "button", dataset: { act: name }, title: label, onclick: () => acts[name](id), ...props,
  }, h("span", { "aria-hidden": "true" }, mark), h("span.label", null, label.split(" (")[0]));
  return h("article.result.card", { tabindex: 0, dataset: { id } },
    h("header"), h("div.strip"),
    h("div.acts", { role: "group", "aria-label": "What to do with this result" },
      button("confirm", "✓", "Confirm (c)", { class: "yes", "aria-pressed": "false" }),
      button("reject", "✗", "Reject (x)", { class: "no" }),
      button("compare", "⇄", "Compare (v)"),
      button("again", "↻", "Search from this (s)")));
}

/**
 * Show an answer; its pictures are kept, so that ranking again loads nothing twice.
 * @param {HTMLElement} card @param {any} hit @param {number} total @param {number} widest the largest distance shown
 */
export function showHit(card, hit, total, widest) {
  const { tracklet } = hit;
  const confirmed = hit.verdict === "confirmed";
  card.classList.toggle("confirmed", confirmed);
  card.setAttribute("aria-posinset", String(hit.rank));
  card.setAttribute("aria-setsize", String(total));
  card.setAttribute("aria-label", [
    `Result ${hit.rank}`, confirmed && "confirmed", `camera ${tracklet.camera}`, seenAt(tracklet),
    tracklet.person_name, `distance ${distance(hit.distance)}`,
  ].filter(Boolean).join(", "));
  const yes = card.querySelector("[data-act=confirm]");
  yes?.setAttribute("aria-pressed", String(confirmed));
  const label = yes?.querySelector(".label");
  if (label) label.textContent = confirmed ? "Confirmed" : "Confirm";
  fill(/** @type {Element} */ (card.querySelector("header")),
    h("span.rank", { "aria-hidden": "true" }, hit.rank),
    h("p.where", null, h("b", null, tracklet.camera), tracklet.zone && h("span.zone", null, tracklet.zone)),
    h("p.when", null, seenAt(tracklet)),
    tracklet.person && h("p", null, h("a.chip", { href: `#/people/${encodeURIComponent(tracklet.person)}` }, tracklet.person_name || "Unnamed person")),
    h("p.far", null,
      h("meter.near", { min: 0, max: 1, value: widest > 0 ? Math.max(0.02, 1 - hit.distance / widest) : 1, "aria-hidden": "true" }),
      h("span", { title: "Distance to who is looked for; smaller is nearer" }, h("span.unseen", null, "Distance "), distance(hit.distance)),
      hit.probability !== null && h("span.sure", { title: "Probability that it is the same person" }, percent(hit.probability), h("span.unseen", null, " probable"))));
  const strip = /** @type {Element} */ (card.querySelector(".strip"));
  if (!strip.childElementCount) strip.append(filmstrip(tracklet));
}
