import { counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";
import { action, empty } from "../core/state.js";
import { wind } from "../parts/filmstrip.js";
import { inWords } from "./filters.js";
import { resultCard, showHit } from "./result.js";
import { more } from "./run.js";
import { state } from "./state.js";

/**
 * The ranked answers. Cards are moved, never drawn anew, when the ranking changes.
 * @param {import("./result.js").Acts} acts
 */
export function resultList(acts) {
  /** @type {Map<string, HTMLElement>} */
  let cards = new Map();
  const feed = h("div.feed", { role: "feed", "aria-label": "Results, the nearest first" });
  const below = h("div.below");
  const summary = h("p.summary");
  const element = h("div", null, summary, feed, below);

  function show() {
    const found = state.found;
    if (!found) {
      cards = new Map();
      fill(feed);
      fill(below);
      fill(summary);
      return;
    }
    const before = places();
    const kept = new Map();
    const widest = Math.max(...found.items.map((hit) => hit.distance), 1e-6);
    for (const hit of found.items) {
      const card = cards.get(hit.tracklet.id) ?? resultCard(hit.tracklet.id, acts);
      showHit(card, hit, found.total, widest);
      kept.set(hit.tracklet.id, card);
    }
    // Whatever stands right is left alone: a card that is taken out loses the focus.
    const wanted = [...kept.values()];
    for (const [id, card] of cards) if (!kept.has(id)) card.remove();
    wanted.forEach((card, at) => { if (feed.children[at] !== card) feed.insertBefore(card, feed.children[at] ?? null); });
    cards = kept;
    glide(before);
    fill(summary, h("b", null, counted(found.total, "tracklet")), ` ranked in ${Math.round(found.took_ms)} ms`,
      inWords() && ` · ${inWords()}`, h("span.model", null, ` · ${found.model}`));
    fill(below, !found.total && empty("Nothing was found", h("p", null, `${found.note || "nobody is like that"}.`)),
      found.next && h("p.more", null, action("Show more", async () => {
        const at = state.found.items.length;
        say(`${await more()} more results`);
        show();
        focus(at);
      })));
  }

  const places = () => new Map([...cards].map(([id, card]) => [id, card.getBoundingClientRect().top]));

  function glide(before) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [id, card] of cards) {
      const was = before.get(id);
      if (was === undefined) continue;
      const by = was - card.getBoundingClientRect().top;
      if (by && Math.abs(by) < 2000) card.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 220, easing: "ease-out" });
    }
  }

  const all = () => /** @type {HTMLElement[]} */ ([...feed.children]);
  const at = () => all().findIndex((card) => card.contains(document.activeElement));
  const current = () => all()[at()] ?? null;

  function focus(place) {
    const card = all()[Math.min(Math.max(place, 0), all().length - 1)];
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
    return Boolean(card);
  }

  const act = (name) => () => { const id = current()?.dataset.id; if (id) acts[name](id); };
  const keys = {
    ArrowDown: () => focus(at() + 1), ArrowUp: () => focus(at() < 0 ? 0 : at() - 1),
    j: () => focus(at() + 1), k: () => focus(at() < 0 ? 0 : at() - 1),
    c: act("confirm"), x: act("reject"), s: act("again"), v: act("compare"),
  };
  feed.addEventListener("keydown", (event) => {
    const card = current();
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === card && event.key === "Enter") act("compare")();
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(all().length - 1);
    else if (event.target === card && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const strip = card.querySelector(".film");
      if (strip) wind(strip, event.key === "ArrowRight" ? 1 : -1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { element, show, keys, focus, at, idAt: (place) => all()[place]?.dataset.id };
}
