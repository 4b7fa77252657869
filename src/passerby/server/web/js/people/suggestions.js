import { get, post } from "../core/api.js";
import { called, counted, distance, percent, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";
import { action, during, empty } from "../core/state.js";
import { filmstrip } from "../parts/filmstrip.js";
import { personCard } from "./card.js";

/** Who may be one person, and who may be two: looked at and decided. @type {import("../core/router.js").View} */
export function suggestionsView(main) {
  const list = h("div");
  let kind = "merge";
  const tab = (value, words) => h("button", { type: "button", "aria-pressed": String(value === kind), onclick: (event) => {
    kind = value;
    for (const one of event.target.parentElement.children) one.setAttribute("aria-pressed", String(one === event.target));
    load();
  } }, words);

  function load() {
    const into = h("div");
    fill(list, into);
    const asked = kind;
    during(into, "Comparing everybody with everybody …", () => get("/people/suggestions", { kind: asked, limit: 20 }), ({ items }) =>
      (items.length ? h("ol.suggestions", null, items.map(card)) : empty("There is nothing to decide", h("p", null, asked === "merge"
        ? "Nobody looks like the same person as somebody else, and no tracklet like one of a person." : "Nobody looks like two people."))));
  }

  function card(one) {
    const [first, second] = one.people;
    const item = h("li.card.suggestion");
    const over = (words) => { fill(item, h("p.fine", null, `✓ ${words}`)); say(words); };
    const verdicts = (same, tracklets, person) => post("/verdicts", { verdicts: tracklets.map((tracklet) => ({ tracklet, person, same })) });
    const decide = {
      merge: {
        asks: "Are they the same person?",
        yes: ["Yes: merge", async () => { await post(`/people/${(first.name ? first : second).id}/merge`, { others: [(first.name ? second : first).id] }); over("Merged"); }],
        no: ["No: two people", async () => {
          const { items } = await get("/tracklets", { people: second.id, limit: 200 });
          await verdicts(false, items.map((each) => each.id), first.id);
          over("Kept apart; it will not be suggested again");
        }],
      },
      add: {
        asks: `Does this show ${called(first)}?`,
        yes: ["Yes: add", async () => { await verdicts(true, one.tracklets.map((each) => each.id), first.id); over(`Added to ${called(first)}`); }],
        no: ["No", async () => { await verdicts(false, one.tracklets.map((each) => each.id), first.id); over("Rejected; it will not be suggested again"); }],
      },
      split: {
        asks: `Are these somebody else than ${called(first)}?`,
        yes: ["Yes: split them off", async () => { await post("/people/split", { tracklets: one.tracklets.map((each) => each.id) }); over("Split off as somebody new"); }],
        no: ["No: the same person", async () => { await verdicts(true, one.tracklets.map((each) => each.id), first.id); over("Confirmed; it will not be suggested again"); }],
      },
    }[one.kind];
    return fill(item, h("h2", null, decide.asks),
      h("p.note", null, `${percent(one.probability)} probable · distance ${distance(one.distance)}`),
      h("div.pair", null, h("ul.people.few", null, one.people.map((person) => personCard(person))),
        one.tracklets.length > 0 && h("div", null, h("p.note", null, counted(one.tracklets.length, "tracklet")), one.tracklets.slice(0, 6).map((tracklet) =>
          h("div", null, h("p.note", null, `${tracklet.camera} · ${seenAt(tracklet)}`), filmstrip(tracklet))))),
      h("p.row", null, action(decide.yes[0], decide.yes[1], { class: "main" }), action(decide.no[0], decide.no[1])));
  }
  fill(main, h("p.crumb", null, h("a", { href: "#/people" }, "← People")), h("h1", null, "Suggestions"),
    h("p.lead", null, "Look, and decide. What you reject is not suggested again."),
    h("div.tabs", { role: "group", "aria-label": "What to decide" }, tab("merge", "May be one person"), tab("split", "May be two")), list);
  load();
}
