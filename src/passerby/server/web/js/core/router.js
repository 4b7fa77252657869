import { adminView } from "../admin/view.js";
import { camerasView } from "../cameras/view.js";
import { jobsView } from "../jobs/view.js";
import { peopleView } from "../people/view.js";
import { personView } from "../people/person.js";
import { suggestionsView } from "../people/suggestions.js";
import { searchView } from "../search/view.js";
import { fill, h } from "./h.js";
import { say } from "./say.js";
import { may } from "./session.js";

/**
 * Addresses within the page: #/search, #/people/ID and so on, so that back and reload work.
 * @typedef {(main: HTMLElement, part: string) => (() => void) | void} View draws itself; returns what ends it
 */

/** @type {Record<string, {title: string, view: View, role: "viewer" | "operator" | "admin"}>} */
export const PLACES = {
  search: { title: "Search", view: searchView, role: "viewer" },
  people: { title: "People", view: peopleView, role: "viewer" },
  cameras: { title: "Cameras", view: camerasView, role: "viewer" },
  jobs: { title: "Jobs", view: jobsView, role: "operator" },
  admin: { title: "Admin", view: adminView, role: "admin" },
};

/** @type {HTMLElement | null} */
let main = null;
/** @type {(() => void) | void} */
let leave = undefined;
let shown = "";

/** Show what the address names, now and whenever it changes. @param {HTMLElement} into */
export function start(into) {
  if (!main) window.addEventListener("hashchange", () => show());
  main = into;
  shown = "";
  show();
}

/** @param {string} hash */
export function go(hash) {
  if (location.hash === hash) show(true);
  else location.hash = hash;
}

function show(again = false) {
  if (!main) return;
  const hash = location.hash || "#/search";
  if (hash.startsWith("#key=")) { // the printed address, opened where the page is open already
    location.reload();
    return;
  }
  if (hash === shown && !again) return;
  const first = shown === "";
  shown = hash;
  const [name, part = ""] = hash.slice(2).split("/").map(decoded);
  const place = Object.hasOwn(PLACES, name) ? PLACES[name] : null;
  leave?.();
  leave = undefined;
  const title = place?.title ?? "Nothing here";
  document.title = `${title} · Passerby`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  fill(main);
  if (!place) fill(main, h("h1", null, "There is nothing here"), h("p", null, h("a", { href: "#/search" }, "Go to the search")));
  else if (!may(place.role)) fill(main, h("h1", null, place.title), h("p", null, `This needs the role “${place.role}”.`));
  else if (name === "people" && part === "suggestions") leave = suggestionsView(main, part);
  else if (name === "people" && part) leave = personView(main, part);
  else leave = place.view(main, part);
  if (!first) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
    say(title);
  }
}

/** A part of an address as it was meant; a part that is broken leads nowhere. @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "?";
  }
}
