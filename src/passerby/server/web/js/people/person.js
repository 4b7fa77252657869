import { get } from "../core/api.js";
import { called, counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { go } from "../core/router.js";
import { toast } from "../core/say.js";
import { may } from "../core/session.js";
import { during, empty } from "../core/state.js";
import { aPerson, forgetDialog } from "../parts/forget.js";
import { look } from "../search/state.js";
import { consentBadge, cover, pageOf } from "./card.js";
import { editDialog } from "./edit.js";
import { mergeDialog } from "./merge.js";
import { timelineFigure } from "./timeline.js";
import { visitList } from "./visits.js";

/** Somebody: who that is, where and when he or she was seen. @type {import("../core/router.js").View} */
export function personView(main, id) {
  const load = () => during(main, "Loading this person …", () => get(`/people/${encodeURIComponent(id)}/timeline`), drawn);

  function drawn({ person, visits, moves }) {
    document.title = `${called(person)} · Passerby`;
    const list = visitList(visits, moves, load);
    const button = (label, act, props = {}) => h("button", { type: "button", onclick: act, ...props }, label);
    const refused = person.consent === "refused";
    return [
      h("p.crumb", null, h("a", { href: "#/people" }, "← People")),
      h("header.person-head", null, h("div.face", null, cover(person)), h("div", null,
        h("h1", null, called(person)),
        h("p", null, consentBadge(person), " ", h("span.note", null, counted(person.tracklets, "tracklet"), person.cameras.length > 0 && ` · ${person.cameras.join(", ")}`)),
        person.note && h("p.person-note", null, person.note),
        h("p.row", null,
          button("Search for more", () => { look({ kind: "person", person }); go("#/search"); }, { class: "main", disabled: refused || !visits.length, title: refused ? "This person has refused to be searched for" : "" }),
          may("operator") && button("Change …", () => editDialog(person, load)),
          may("operator") && button("Merge with …", () => mergeDialog([person], (kept) => (kept.id === id ? load() : go(pageOf(kept))))),
          may("admin") && button(["Forget …", h("span.unseen", null, ` ${called(person)}`)], () => forgetDialog(aPerson(person), () => { toast("Forgotten."); look(null); go("#/people"); }), { class: "danger" })),
        refused && h("p.note", null, "This person has refused to be searched for."))),
      h("h2", null, "Timeline"),
      visits.length ? [timelineFigure({ visits, moves }, list.show), list.element]
        : empty("No tracklet is said to show this person yet", h("p", null, "Search for somebody, confirm results, and keep them as this person.")),
    ];
  }
  load();
}
