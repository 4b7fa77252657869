import { h } from "../core/h.js";

let count = 0;

/**
 * A field with its label.
 * @param {string} label @param {any} control an input, select or textarea @param {string} [help]
 */
export function field(label, control, help = "") {
  control.id ||= `field-${(count += 1)}`;
  const note = help && h("p.note", { id: `${control.id}-help` }, help);
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div.field", null, h("label", { for: control.id }, label), control, note);
}

/** @param {string} label @param {HTMLInputElement} control a check box or a radio button */
export function ticked(label, control) {
  return h("label.ticked", null, control, h("span", null, label));
}

/** A choice. @param {Record<string, string>} choices value -> words @param {string} [value] */
export function select(choices, value) {
  return h("select", null, Object.entries(choices).map(([key, words]) =>
    h("option", { value: key, selected: key === value }, words)));
}

/** A `datetime-local` field's value as the service reads it; null for none. @param {string} local */
export const moment = (local) => (local ? new Date(local).toISOString() : null);

export const CONSENT = { unknown: "Consent unknown", given: "Consent given", refused: "Consent refused" };
