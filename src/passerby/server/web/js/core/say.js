import { h } from "./h.js";

/** What changes without moving the focus is said to screen readers, and shown where it matters. */

let last = "";

/** Say something to screen readers alone. @param {string} words */
export function say(words) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = words === last ? `${words}\u00a0` : words; // the same words are said again
  last = live.textContent;
}

/**
 * Show words for a while, and say them.
 * @param {string} words
 * @param {"fine" | "wrong"} [kind] what is wrong stays until it is closed
 */
export function toast(words, kind = "fine") {
  const box = h(`div.toast.${kind}`, null, h("p", null, words));
  const close = () => box.remove();
  box.append(h("button.quiet", { type: "button", "aria-label": "Close this message", onclick: close }, "×"));
  const open = [...document.querySelectorAll("dialog[open]")].pop();
  const here = open?.querySelector(".toasts") ?? document.getElementById("toasts");
  here?.append(box);
  while (here && here.children.length > 3) here.firstElementChild?.remove();
  say(words);
  if (kind === "fine") setTimeout(close, 6000);
}
