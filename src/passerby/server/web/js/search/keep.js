import { ask, post } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { called, counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { toast } from "../core/say.js";
import { action } from "../core/state.js";
import { CONSENT, field, select, ticked } from "../parts/field.js";
import { personPicker } from "../parts/person_picker.js";
import { state } from "./state.js";

/** Keep what was said as verdicts on a person, somebody new or somebody known. @param {() => void} done */
export function keepDialog(done) {
  const query = state.query;
  let person = query?.kind === "person" ? query.person : null;
  let made = null; // somebody new who was added before the rest failed
  const name = h("input", { type: "text", maxlength: 200, autocomplete: "off" });
  const consent = select(CONSENT);
  const own = h("input", { type: "checkbox", checked: true });
  const who = h("p.chosen", { role: "status" });
  const pick = personPicker({ label: "Who it is", id: "keep-person", keep: true, chosen: (one) => { person = one; show(); } });
  const part = h("div");
  const radio = (value, checked) => h("input", { type: "radio", name: "keep", value, checked, onchange: () => show() });
  const fresh = radio("new", !person);
  const known = radio("known", Boolean(person));

  function show() {
    fill(who, person && `${called(person)}, so far in ${counted(person.tracklets, "tracklet")}`);
    fill(part, fresh.checked ? [field("Name", name, "It may stay empty."), field("Consent", consent)] : [pick, who]);
  }
  show();

  const { close } = openDialog("Keep what you said", h("div", null,
    h("p", null, `${counted(state.confirmed.length, "confirmed tracklet")} and ${counted(state.rejected.length, "rejected one")} become verdicts, from which a model can learn. What is confirmed is then said to show this person.`),
    h("fieldset.choice", null, h("legend", null, "Who is it?"), ticked("Somebody new", fresh), ticked("Somebody known", known)),
    part,
    query?.kind === "tracklet" && ticked("Confirm the tracklet that was searched with, too", own),
    h("footer", null, h("button", { type: "button", onclick: () => close() }, "Cancel"),
      action("Keep", keep, { class: "main" }))));

  async function keep() {
    const confirmed = [...state.confirmed];
    if (query?.kind === "tracklet" && own.checked) confirmed.unshift(query.tracklet.id);
    let to = person;
    if (fresh.checked) {
      const about = { name: name.value.trim(), consent: consent.value };
      made = made ? await ask("PATCH", `/people/${made.id}`, { json: about }) : await post("/people", about);
      to = made;
    }
    if (!to) throw new Error("Choose who it is");
    const verdicts = [
      ...confirmed.map((tracklet) => ({ tracklet, person: to.id, same: true })),
      ...state.rejected.map(({ id }) => ({ tracklet: id, person: to.id, same: false })),
    ];
    const { kept } = await post("/verdicts", { verdicts });
    close();
    toast(`${counted(kept, "verdict")} kept for ${called(to)}.`);
    done();
  }
}
