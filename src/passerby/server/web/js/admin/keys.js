import { ask, get, post } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { atMinute } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say, toast } from "../core/say.js";
import { session } from "../core/session.js";
import { action, during, empty } from "../core/state.js";
import { field, select } from "../parts/field.js";

const ROLES = { viewer: "Viewer: search and look", operator: "Operator: also take in, judge, name", admin: "Admin: also forget, keys, audit log" };

/** All keys; making and revoking them. @param {Element} into */
export function keyList(into) {
  const list = h("div");
  const load = () => during(list, "Loading keys …", () => get("/keys"), ({ items }) => (items.length
    ? h("div.scroll.card", { tabindex: 0, role: "region", "aria-label": "Keys" }, h("table", null,
      h("thead", null, h("tr", null, ["Name", "Role", "Begins with", "Made", "Expires", "Last used", ""].map((words) => (words ? h("th", { scope: "col" }, words) : h("td"))))),
      h("tbody", null, items.map((key) => row(key, load))))) : empty("There is no key")));
  fill(into, h("div.tools", null, h("p.lead", null, "Whoever has a key’s secret can sign in with it, until it expires or is revoked."),
    h("span.spring"), h("button.main", { type: "button", onclick: () => makeDialog(load) }, "Make a key …")), list);
  load();
}

function row(key, load) {
  const over = key.revoked !== null ? "Revoked" : key.expires !== null && key.expires * 1000 < Date.now() ? "Expired" : "";
  return h("tr", { class: over ? "over" : null }, h("th", { scope: "row" }, key.name, key.name === session()?.name && h("span.zone", null, "yours")), h("td", null, key.role),
    h("td", null, h("code", null, key.hint)), h("td", null, atMinute(key.made)), h("td", null, key.expires === null ? "never" : atMinute(key.expires)),
    h("td", null, key.last_used === null ? "never" : atMinute(key.last_used)),
    h("td", null, over || h("button.danger", { type: "button", "aria-label": `Revoke ${key.name}`, onclick: () => revokeDialog(key, load) }, "Revoke …")));
}

function revokeDialog(key, done) {
  const { close } = openDialog(`Revoke ${key.name}?`, h("footer", null, h("button", { type: "button", onclick: () => close() }, "Cancel"),
    action("Revoke", async () => {
      await ask("DELETE", `/keys/${encodeURIComponent(key.name)}`);
      close();
      toast(`${key.name} no longer holds.`);
      done();
    }, { class: "danger" })), { lead: key.name === session()?.name ? "This is the key that you are signed in with." : "Whoever uses it is signed out at once." });
}

function makeDialog(done) {
  const name = h("input", { type: "text", required: true, maxlength: 100, autocomplete: "off" });
  const role = select(ROLES, "viewer");
  const days = h("input", { type: "number", min: 1, max: 36500, value: 90, placeholder: "never" });
  const body = h("div", null, field("Name", name, "Who or what uses it; it stands in the audit log."), field("Role", role),
    field("Expires after (days)", days, "Empty: never."),
    h("footer", null, h("button", { type: "button", onclick: () => close() }, "Cancel"), action("Make it", async () => {
      const { key, secret } = await post("/keys", { name: name.value, role: role.value, days: days.value === "" ? null : Number(days.value) });
      shown(key, secret);
      done();
    }, { class: "main" })));
  const { close } = openDialog("Make a key", body);

  function shown(key, secret) {
    const out = h("input", { type: "text", readonly: true, value: secret, id: "secret", onfocus: () => out.select() });
    fill(body, h("p", null, "The secret of ", h("b", null, key.name), " is shown this once. Copy it now, and keep it where only its owner can read it."),
      field("Secret", out), h("footer", null, action("Copy", async () => {
        try {
          await navigator.clipboard.writeText(secret);
        } catch {
          out.select();
          throw new Error("The browser does not allow it: copy the selected text");
        }
        say("Copied");
      }), h("button.main", { type: "button", onclick: () => close() }, "I have it")));
    out.focus();
  }
}
