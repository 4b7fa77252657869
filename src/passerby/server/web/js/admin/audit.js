import { atTime, counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { empty } from "../core/state.js";
import { pages } from "../parts/pages.js";

const FEW = 4;

/** Who looked at whom, and who changed what. @param {Element} into */
export function auditList(into) {
  const list = h("div");
  const load = () => pages(list, {
    path: "/audit", query: { limit: 50 }, words: "Loading the audit log …",
    list: () => h("div.scroll.card", { tabindex: 0, role: "region", "aria-label": "Audit log" }, h("table.audit", null,
      h("thead", null, h("tr", null, ["When", "Who", "What", "About", "Detail"].map((words) => h("th", { scope: "col" }, words)))), h("tbody"))),
    body: (made) => /** @type {Element} */ (made.querySelector("tbody")),
    row, none: () => empty("The audit log is empty"),
  });
  fill(into, h("div.tools", null, h("p.lead", null, "The newest first. Nothing in it can be changed; who was forgotten is a random id, whose meaning is gone."),
    h("span.spring"), h("button", { type: "button", onclick: load }, "Refresh")), list);
  load();
}

const row = (record) => h("tr", null, h("td", null, atTime(record.time)), h("th", { scope: "row" }, record.actor), h("td", null, record.action),
  h("td", null, about(record.subjects)), h("td.detail", null, Object.entries(record.detail).map(([key, value]) => `${key}: ${plain(value)}`).join(" · ")));

function about(subjects) {
  if (!subjects.length) return "";
  const one = (subject) => h("li", null, subject.kind, " ", subject.id === null ? h("i", { title: `alias ${subject.alias}` }, "forgotten")
    : subject.kind === "person" ? h("a", { href: `#/people/${encodeURIComponent(subject.id)}` }, subject.id.slice(0, 8)) : subject.id);
  const list = (some) => h("ul.subjects", null, some.map(one));
  if (subjects.length <= FEW) return list(subjects);
  return h("details", null, h("summary", null, counted(subjects.length, "subject")), list(subjects));
}

const plain = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
