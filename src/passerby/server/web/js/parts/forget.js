import { ask } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { called, counted, number, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";
import { action, during, loading } from "../core/state.js";
import { field, ticked } from "./field.js";
import { filmstrip } from "./filmstrip.js";

/**
 * Forgetting for good: asked twice, and proved.
 * @typedef {{path: string, title: string, one: string, typed: string, told: import("../core/h.js").Child, count?: () => Promise<import("../core/h.js").Child>}} Wanted
 *   path: of the interface; one: what it is; typed: what is typed to confirm; told: what will happen;
 *   count: how much will be gone, in words, before which nothing can be confirmed
 */

const LOG = "The audit log keeps random ids only, and no longer knows whose they were.";

/** @param {any} person @returns {Wanted} */
export const aPerson = (person) => ({
  path: `/people/${encodeURIComponent(person.id)}`, title: `Forget ${called(person)}`, one: "person", typed: called(person),
  told: h("p", null, `${counted(person.tracklets, "tracklet")} that are said to show ${called(person)}, with their vectors, pictures and verdicts, will be removed. ${LOG}`),
});

/** @param {any} tracklet @returns {Wanted} */
export const aTracklet = (tracklet) => ({
  path: `/tracklets/${encodeURIComponent(tracklet.recording)}/${tracklet.number}`, title: "Forget this tracklet", one: "tracklet", typed: tracklet.camera,
  told: h("div.told", null, filmstrip(tracklet), h("p", null, `Camera ${tracklet.camera}, ${seenAt(tracklet)}: these pictures, their vectors and verdicts will be removed${tracklet.person ? `; ${tracklet.person_name || "the person"} stays, with the other tracklets` : ""}. ${LOG}`)),
});

/** @param {any} recording @returns {Wanted} */
export const aRecording = (recording) => ({
  path: `/recordings/${encodeURIComponent(recording.id)}`, title: "Forget this recording", one: "recording", typed: recording.source || recording.camera,
  told: h("p", null, `Everybody whom camera ${recording.camera} saw in ${recording.source}, with all vectors, pictures and verdicts, will be removed, and this video cannot be taken in again. ${LOG}`),
  count: async () => h("p.count", null, held(await ask("GET", `/recordings/${encodeURIComponent(recording.id)}`))),
});

/** How much of a recording goes, in words. @param {any} recording */
function held({ tracklets, people, nowhere_else: alone }) {
  const gone = h("b", null, tracklets ? `${counted(tracklets, "tracklet")} will be gone.` : "It holds no tracklets.");
  if (!people) return [gone, tracklets ? " Nobody who is known is among them." : ""];
  const others = alone ? `, ${alone === people ? (people === 1 ? "and" : "all") : number(alone)} nowhere else` : "";
  return [gone, ` They show ${counted(people, "known person", "known people")}${others}; people stay listed, without these tracklets.`];
}

/** Forget somebody or something. @param {Wanted} wanted @param {() => void} done called once it is gone */
export function forgetDialog({ path, title, one, typed, told, count }, done) {
  const body = h("div");
  const rewrite = h("input", { type: "checkbox", checked: true });
  let gone = false;
  const cancel = () => h("button", { type: "button", onclick: () => close() }, "Cancel");

  function first() {
    const more = h("div");
    const go = h("button.danger", { type: "button", disabled: Boolean(count), onclick: second }, "Go on …");
    if (count) {
      during(more, "Counting …", count, (words) => {
        go.disabled = false;
        return words;
      });
    }
    fill(body, told, more,
      h("p", null, h("b", null, "This cannot be undone.")),
      ticked("Rewrite the database’s files as well, and look for what is left", rewrite),
      h("p.note", null, "It takes seconds, or minutes where the gallery is large, and the gallery stands still meanwhile."),
      h("footer", null, cancel(), go));
  }

  function second() {
    const word = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    fill(body, field(`Type “${typed}” to forget this ${one}`, word),
      h("footer", null, cancel(), action("Forget for good", async () => {
        if (word.value.trim() !== typed.trim()) throw new Error(`That is not “${typed}”`);
        await forget();
      }, { class: "danger" })));
    word.focus();
  }

  async function forget() {
    const wait = loading(rewrite.checked ? "Forgetting, and rewriting the files …" : "Forgetting …");
    body.append(wait);
    try {
      const proof = await ask("DELETE", path, { query: { rewrite: rewrite.checked } });
      gone = true;
      fill(body, proofOf(proof), h("footer", null, h("button.main", { type: "button", onclick: () => close() }, "Done")));
      body.querySelector("footer button")?.focus();
      say(proof.clean ? "Forgotten; nothing is left." : "Forgotten, but something is left.");
    } finally {
      wait.remove();
    }
  }
  const { close } = openDialog(title, body, { onclose: () => { if (gone) done(); } });
  first();
}

/** What was forgotten and what is left, as tables. @param {any} proof */
function proofOf(proof) {
  const table = (caption, counts) => h("table", null, h("caption", null, caption), h("tbody", null,
    Object.entries(counts).map(([what, count]) => h("tr", null, h("th", { scope: "row" }, what), h("td", null, number(Number(count)))))));
  return h("div.proof", null,
    h(`p.${proof.clean ? "fine" : "wrong"}`, null, proof.clean ? "✓ Nothing is left." : "✗ Something is left: see below."),
    table("Forgotten", proof.forgotten),
    h("details", { open: !proof.clean }, h("summary", null, `Looked for in ${counted(Object.keys(proof.left).length, "place")}`), table("Left", proof.left)),
    h("p.note", null, proof.looked_for ? `${counted(proof.looked_for, "piece")} of vectors and pictures were looked for in the files.` : "The files were not searched."),
    proof.undone.length > 0 && h("ul.wrong", null, proof.undone.map((words) => h("li", null, words))));
}
