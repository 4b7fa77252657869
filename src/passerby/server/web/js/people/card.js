import { called, counted } from "../core/format.js";
import { h } from "../core/h.js";
import { crop } from "../parts/crop.js";
import { CONSENT } from "../parts/field.js";

/** The address of somebody's page. @param {{id: string}} person */
export const pageOf = (person) => `#/people/${encodeURIComponent(person.id)}`;

/** @param {{consent: "unknown" | "given" | "refused"}} person */
export const consentBadge = (person) => h(`span.consent.${person.consent}`, null, CONSENT[person.consent]);

/** A picture of somebody, or the first letter of the name. @param {any} person */
export const cover = (person) => (person.cover
  ? crop(person.cover, "")
  : h("span.no-cover", { "aria-hidden": "true" }, called(person).charAt(0).toUpperCase()));

/** Somebody, as a card that leads to his or her page. @param {any} person @param {...import("../core/h.js").Child} more */
export const personCard = (person, ...more) => h("li.person-card.card", null,
  h("a", { href: pageOf(person) }, cover(person), h("span.name", null, called(person))),
  consentBadge(person),
  h("p.note", null, counted(person.tracklets, "tracklet"), person.cameras.length > 0 && ` · ${person.cameras.join(", ")}`),
  more);
