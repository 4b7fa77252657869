import { h } from "./h.js";
import { say } from "./say.js";

/** Light, dark, or as the system has it; what was chosen is remembered in this browser. */

const KEPT = "passerby-theme";
const WORDS = { auto: "as the system", light: "light", dark: "dark" };
const MARKS = { auto: "◐", light: "○", dark: "●" };

const chosen = () => document.documentElement.dataset.theme ?? "auto";

function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme);
  } catch { /* storage is switched off: it holds until the page is closed */ }
}

/** The button that goes from one to the next. */
export function themeButton() {
  const button = h("button.quiet.icon", { type: "button", id: "theme", onclick: () => {
    const order = ["auto", "light", "dark"];
    choose(order[(order.indexOf(chosen()) + 1) % 3]);
    show();
    say(`Colours: ${WORDS[chosen()]}`);
  } });
  const show = () => {
    button.textContent = MARKS[chosen()];
    button.setAttribute("aria-label", `Colours: ${WORDS[chosen()]}`);
    button.title = `Colours: ${WORDS[chosen()]}`;
  };
  show();
  return button;
}
