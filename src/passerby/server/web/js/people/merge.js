import { post } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { called } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { toast } from "../core/say.js";
import { action } from "../core/state.js";
import { ticked } from "../parts/field.js";
import { personPicker } from "../parts/person_picker.js";
import { personCard } from "./card.js";

/**
 * Say that people are one. Whoever is kept keeps name, consent and note.
 * @param {any[]} people @param {(person: any) => void} done
 */
export function mergeDialog(people, done) {
  const all = [...people];
  let kept = all.find((one) => one.name) ?? all[0];
  const body = h("div");
  const pick = personPicker({ label: "And", id: "merge-person", without: () => all.map((one) => one.id), chosen: (one) => { all.push(one); show(); } });

  function show() {
    fill(body, h("ul.people.few", null, all.map((one) => personCard(one))),
      all.length > 1 && h("fieldset.choice", null, h("legend", null, "Whose name, consent and note are kept?"),
        all.map((one) => ticked(called(one), h("input", { type: "radio", name: "kept", checked: one === kept, onchange: () => { kept = one; } })))));
  }
  show();
  const merge = async () => {
    const others = all.filter((one) => one !== kept).map((one) => one.id);
    if (!others.length) throw new Error("Choose whom to merge with");
    const person = await post(`/people/${encodeURIComponent(kept.id)}/merge`, { others });
    close();
    toast(`Merged into ${called(person)}.`);
    done(person);
  };
  const { close } = openDialog("The same person", h("div", null, body, pick, h("footer", null,
    h("button", { type: "button", onclick: () => close() }, "Cancel"), action("Merge", merge, { class: "main" }))), {
    lead: "All their tracklets will be one person’s.",
  });
}
