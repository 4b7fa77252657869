import { fill, h } from "../core/h.js";
import { bind } from "../core/keys.js";
import { go } from "../core/router.js";
import { may } from "../core/session.js";
import { empty } from "../core/state.js";
import { pages } from "../parts/pages.js";
import { pageOf, personCard } from "./card.js";
import { editDialog } from "./edit.js";
import { mergeDialog } from "./merge.js";

/** Everybody who is known. @type {import("../core/router.js").View} */
export function peopleView(main) {
  /** @type {Map<string, any>} */
  const chosen = new Map();
  const list = h("div");
  const merge = h("button", { type: "button", hidden: true, onclick: () => mergeDialog([...chosen.values()], (person) => go(pageOf(person))) });
  const name = h("input", { type: "search", id: "people-name", autocomplete: "off", oninput: () => { clearTimeout(waiting); waiting = setTimeout(load, 250); } });
  let waiting;

  const mark = () => {
    merge.hidden = chosen.size < 2;
    merge.textContent = `Merge ${chosen.size} people …`;
  };
  const choice = (person) => may("operator") && h("label.ticked.small", null, h("input", {
    type: "checkbox", onchange: (event) => {
      if (event.target.checked) chosen.set(person.id, person);
      else chosen.delete(person.id);
      mark();
    },
  }), h("span", null, "Choose", h("span.unseen", null, ` ${person.name || person.id}`)));

  function load() {
    chosen.clear();
    mark();
    const into = h("div");
    fill(list, into); // an answer that comes late goes where nobody sees it
    pages(into, {
      path: "/people", query: { name: name.value.trim(), limit: 48 }, words: "Loading people …",
      list: () => h("ul.people"), row: (person) => personCard(person, choice(person)),
      none: () => (name.value.trim() ? empty("Nobody of that name") : empty("Nobody is known yet",
        h("p", null, "Search for somebody, confirm a few results, and keep them as a person."),
        h("p", null, h("a.button", { href: "#/search" }, "Go to the search")))),
    });
  }
  fill(main, h("div.title", null, h("h1", null, "People"), h("span.spring"),
    may("operator") && h("a.button", { href: "#/people/suggestions" }, "Suggestions"),
    may("operator") && h("button", { type: "button", onclick: () => editDialog(null, (person) => go(pageOf(person))) }, "Add a person")),
  h("div.tools", null, h("label", { for: "people-name" }, "Name holds"), name, merge), list);
  load();
  return bind({ "/": () => name.focus() });
}
