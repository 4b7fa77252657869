import { openDialog } from "./dialog.js";
import { h } from "./h.js";

/** Keys that work without a modifier, where nothing is being typed. */

/** @type {Map<string, () => void>} */
const bound = new Map();

const TABLE = [
  ["/", "search: go to the picture, or choose one"],
  ["g then s, p, c, j, a", "go to search, people, cameras, jobs, admin"],
  ["↓ ↑ or j k", "next and previous result"],
  ["Home End", "first and last result"],
  ["← →", "move through a result’s pictures, or along a timeline"],
  ["c", "confirm: the same person"],
  ["x", "reject: somebody else"],
  ["u", "take the last word back"],
  ["v or Enter", "compare side by side"],
  ["s", "search again from this result"],
  ["m", "in a comparison: show or hide the response maps"],
  ["?", "these keys"],
  ["Esc", "close what is open"],
];

/** Have keys do something until the view is left. @param {Record<string, () => void>} keys @returns {() => void} what ends it */
export function bind(keys) {
  for (const [key, act] of Object.entries(keys)) bound.set(key, act);
  return () => { for (const [key, act] of Object.entries(keys)) if (bound.get(key) === act) bound.delete(key); };
}

/** Is something being typed? @param {EventTarget | null} target */
export const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  && !(target instanceof HTMLInputElement && /^(checkbox|radio|button|file)$/.test(target.type));

let going = false;

/** Listen; `go` is told the letter after g. @param {(letter: string) => void} go */
export function listen(go) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (going) {
      going = false;
      go(event.key);
      return;
    }
    if (event.key === "g") {
      going = true;
      setTimeout(() => { going = false; }, 1500);
      return;
    }
    const act = bound.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Show the keys. */
export function showKeys() {
  openDialog("Keys", h("table.keys", null, h("thead.unseen", null, h("tr", null, h("th", null, "Key"), h("th", null, "What it does"))),
    h("tbody", null, TABLE.map(([keys, does]) =>
      h("tr", null, h("th", { scope: "row" }, keys.split(/( or | then |, | )/).map((part) =>
        /^( or | then |, | )$/.test(part) ? part : h("kbd", null, part))), h("td", null, does))))));
}
