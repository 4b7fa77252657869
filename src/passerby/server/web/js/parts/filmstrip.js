import { h } from "../core/h.js";
import { crop } from "./crop.js";

/**
 * All pictures of a tracklet side by side; the arrow keys scroll it.
 * @param {{camera: string, crops: {url: string, frame: number | null}[]}} tracklet
 * @param {{label?: string}} [options]
 */
export function filmstrip(tracklet, { label = "" } = {}) {
  const shown = tracklet.crops;
  if (!shown.length) return h("p.film-none", null, "No pictures are kept");
  const strip = h("div.film", {
    role: "group", "aria-label": label || `${shown.length} pictures from camera ${tracklet.camera}`,
  }, shown.map(({ url, frame }, place) =>
    crop(url, `Picture ${place + 1}${frame === null ? "" : `, frame ${frame}`}`)));
  // Only what scrolls needs a stop of its own.
  const watch = new ResizeObserver(() => {
    if (strip.scrollWidth > strip.clientWidth + 1) strip.tabIndex = 0;
    else strip.removeAttribute("tabindex");
  });
  watch.observe(strip);
  return strip;
}

/** Scroll a strip by a picture. @param {Element} strip @param {number} by */
export function wind(strip, by) {
  strip.scrollBy({ left: by * (strip.firstElementChild?.clientWidth ?? 80), behavior: "auto" });
}
