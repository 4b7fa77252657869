import { fill, h } from "../core/h.js";
import { auditList } from "./audit.js";
import { keyList } from "./keys.js";

/** Who may do what, and who did. @type {import("../core/router.js").View} */
export function adminView(main, part) {
  const shown = part === "keys" ? "keys" : "audit";
  const body = h("div");
  const tab = (name, words) => h("a", { href: `#/admin/${name}`, "aria-current": name === shown ? "page" : null }, words);
  fill(main, h("h1", null, "Admin"), h("nav.tabs", { "aria-label": "Admin" }, tab("audit", "Audit log"), tab("keys", "Keys")), body);
  if (shown === "keys") keyList(body);
  else auditList(body);
}
