import { fill, h, s } from "./h.js";
import { showKeys } from "./keys.js";
import { PLACES } from "./router.js";
import { may, session, signOut } from "./session.js";
import { action } from "./state.js";
import { themeButton } from "./theme.js";

/** What stands around every view: the name, the ways, who is signed in. */

const ICONS = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3 20 20",
  people: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zm-6 8.4c0-3.4 2.4-5.6 6-5.6s6 2.2 6 5.600M16 5a3 3 0 0 1 0 6m2 3.200c1.9.8 3 2.6 3 5.2",
  cameras: "M4 7.500h10a1.5 1.5 0 0 1 1.5 1.500v6a1.5 1.5 0 0 1-1.5 1.500H4A1.5 1.5 0 0 1 2.5 15V9A1.5 1.5 0 0 1 4 7.500zM15.5 11l5.5-3v8l-5.5-3",
  jobs: "M12 3.500v11m0 0 4-4m-4 4-4-4M4.5 16v3a1.5 1.5 0 0 0 1.5 1.500h12a1.5 1.5 0 0 0 1.5-1.500v-3",
  admin: "M12 3 5 5.600v5.200c0 4.6 3 8.2 7 10.2 4-2 7-5.6 7-10.200V5.600zM9 12l2.2 2.200L15.2 10",
};

/** A small drawing. @param {string} name */
export const icon = (name) => s("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", class: "line" },
  s("path", { d: ICONS[name] }));

/** Draw it; again when somebody else has signed in. */
export function drawFrame() {
  const top = /** @type {HTMLElement} */ (document.getElementById("top"));
  const ways = Object.entries(PLACES).filter(([, place]) => may(place.role));
  const who = session();
  top.hidden = false;
  fill(top,
    h("a.brand", { href: "#/search" }, h("img", { src: "/static/icon.svg", alt: "", width: 26, height: 26 }), "Passerby"),
    h("nav", { "aria-label": "Views" }, ways.map(([name, place]) =>
      h("a", { href: `#/${name}` }, icon(name), h("span", null, place.title)))),
    h("div.who", null,
      h("span.signed", { title: "Who is signed in" }, h("b", null, who?.name ?? ""), h("span", null, who?.role ?? "")),
      themeButton(),
      h("button.quiet.icon", { type: "button", "aria-label": "Keys", title: "Keys (?)", onclick: showKeys }, "?"),
      action("Sign out", signOut, { class: "quiet" })));
}
