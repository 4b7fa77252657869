import { ask } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { called, counted, number } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";
import { action, loading } from "../core/state.js";
import { field, ticked } from "../parts/field.js";

/** Forget somebody, for good: asked twice, and proved. @param {any} person @param {() => void} done */
export function forgetDialog(person, done) {
  const words = called(person);
  const body = h("div");
  const rewrite = h("input", { type: "checkbox", checked: true });
  let gone = false;
  const cancel = () => h("button", { type: "button", onclick: () => close() }, "Cancel");

  function first() {
    fill(body,
      h("p", null, `${counted(person.tracklets, "tracklet")} that are said to show ${words}, with their vectors, pictures and verdicts, will be removed. The audit log keeps random ids only, and no longer knows whose they were.`),
      h("p", null, h("b", null, "This cannot be undone.")),
      ticked("Rewrite the database’s files as well, and look for what is left", rewrite),
      h("p.note", null, "It takes seconds, or minutes where the gallery is large, and the gallery stands still meanwhile."),
      h("footer", null, cancel(), h("button.danger", { type: "button", onclick: second }, "Go on …")));
  }

  function second() {
    const typed = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    fill(body, field(`Type “${words}” to forget this person`, typed),
      h("footer", null, cancel(), action("Forget for good", async () => {
        if (typed.value.trim() !== words) throw new Error(`That is not “${words}”`);
        await forget();
      }, { class: "danger" })));
    typed.focus();
  }

  async function forget() {
    const wait = loading(rewrite.checked ? "Forgetting, and rewriting the files …" : "Forgetting …");
    body.append(wait);
    try {
      const proof = await ask("DELETE", `/people/${encodeURIComponent(person.id)}`, { query: { rewrite: rewrite.checked } });
      gone = true;
      fill(body, proofOf(proof), h("footer", null, h("button.main", { type: "button", onclick: () => close() }, "Done")));
      body.querySelector("footer button")?.focus();
      say(proof.clean ? "Forgotten; nothing is left." : "Forgotten, but something is left.");
    } finally {
      wait.remove();
    }
  }
  const { close } = openDialog(`Forget ${words}`, body, { onclose: () => { if (gone) done(); } });
  first();
}

/** What was forgotten and what is left, as tables. @param {any} proof */
export function proofOf(proof) {
  const table = (caption, counts) => h("table", null, h("caption", null, caption), h("tbody", null,
    Object.entries(counts).map(([what, count]) => h("tr", null, h("th", { scope: "row" }, what), h("td", null, number(Number(count)))))));
  return h("div.proof", null,
    h(`p.${proof.clean ? "fine" : "wrong"}`, null, proof.clean ? "✓ Nothing is left." : "✗ Something is left: see below."),
    table("Forgotten", proof.forgotten),
    h("details", { open: !proof.clean }, h("summary", null, `Looked for in ${counted(Object.keys(proof.left).length, "place")}`), table("Left", proof.left)),
    h("p.note", null, proof.looked_for ? `${counted(proof.looked_for, "piece")} of vectors and pictures were looked for in the files.` : "The files were not searched."),
    proof.undone.length > 0 && h("ul.wrong", null, proof.undone.map((words) => h("li", null, words))));
}
