import { aborted, sentence } from "./api.js";
import { fill, h } from "./h.js";
import { say } from "./say.js";

/** What a place shows while it waits, when there is nothing, and when something went wrong. */

/** @param {string} words */
export const loading = (words) =>
  h("p.state.loading", { role: "status" }, h("span.spinner", { "aria-hidden": "true" }), words);

/** @param {string} title @param {import("./h.js").Child} [more] */
export const empty = (title, ...more) => h("div.state.empty", null, h("p.state-title", null, title), ...more);

/** @param {Error} error @param {(() => void) | null} [again] what to do to try again */
export const failed = (error, again = null) =>
  h("div.state.failed", { role: "alert" }, h("p", null, sentence(error.message)),
    again && h("button", { type: "button", onclick: again }, "Try again"));

/**
 * Show what is waited for: words meanwhile, and words with a way out when it fails.
 * @template T
 * @param {Element} into
 * @param {string} words
 * @param {() => Promise<T>} load
 * @param {(loaded: T) => import("./h.js").Child} show
 */
export async function during(into, words, load, show) {
  into.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => fill(into, loading(words)), 150); // what is quick does not flicker
  try {
    const loaded = await load();
    clearTimeout(slow);
    fill(into, show(loaded));
  } catch (error) {
    clearTimeout(slow);
    if (aborted(error)) return;
    fill(into, failed(error, () => during(into, words, load, show)));
    say(error.message);
  } finally {
    into.removeAttribute("aria-busy");
  }
}

/**
 * A button, and what it does; it rests meanwhile, and says beside it what went wrong.
 * @param {string} label @param {() => Promise<any>} act @param {Record<string, any>} [props]
 */
export function action(label, act, props = {}) {
  const said = h("span.wrong", { role: "alert" });
  const button = h("button", {
    type: "button", ...props,
    onclick: async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true"); // `disabled` would drop the focus
      said.textContent = "";
      try {
        await act();
      } catch (error) {
        if (!aborted(error)) said.textContent = sentence(error.message);
      } finally {
        button.removeAttribute("aria-disabled");
      }
    },
  }, label);
  return h("span.action", null, button, said);
}
