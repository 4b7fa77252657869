import { ask, post } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { h } from "../core/h.js";
import { action } from "../core/state.js";
import { CONSENT, field, select } from "../parts/field.js";

/**
 * Add somebody, or change what is known of somebody.
 * @param {any | null} person null for somebody new
 * @param {(person: any) => void} done
 */
export function editDialog(person, done) {
  const name = h("input", { type: "text", maxlength: 200, autocomplete: "off", value: person?.name ?? "" });
  const consent = select(CONSENT, person?.consent);
  const note = h("textarea", { rows: 3, maxlength: 2000, value: person?.note ?? "" });
  const save = async () => {
    const about = { name: name.value.trim(), consent: consent.value, note: note.value };
    const saved = person ? await ask("PATCH", `/people/${encodeURIComponent(person.id)}`, { json: about }) : await post("/people", about);
    close();
    done(saved);
  };
  const { close } = openDialog(person ? "Change" : "Add a person", h("form", { onsubmit: (event) => { event.preventDefault(); form.querySelector("button.main").click(); } },
    field("Name", name), field("Consent to being searched for", consent, "Who has refused is never searched for."), field("Note", note),
    h("footer", null, h("button", { type: "button", onclick: () => close() }, "Cancel"), action("Save", save, { class: "main" }))));
  const form = name.form;
}
