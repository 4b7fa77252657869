import { h } from "../core/h.js";

const TRIES = 3;

/**
 * A picture of somebody, loaded when it comes into sight; one that does not come is asked for again.
 * @param {string} src @param {string} alt @param {Record<string, any>} [props]
 */
export function crop(src, alt, props = {}) {
  let tried = 0;
  const image = h("img.crop", {
    alt, loading: "lazy", decoding: "async", draggable: "false", ...props,
    onerror: () => {
      tried += 1;
      if (tried < TRIES) setTimeout(() => { image.src = src; }, 1500 * tried);
      else image.classList.add("gone");
    },
    onload: () => image.classList.remove("gone"),
  });
  image.src = src;
  return image;
}
