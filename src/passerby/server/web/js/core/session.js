import { ask } from "./api.js";
import { openDialog } from "./dialog.js";
import { h } from "./h.js";

/**
 * Who is signed in, and signing in. The key itself is kept nowhere: the service answers it with a
 * cookie that no script can read.
 * @typedef {{name: string, role: "viewer" | "operator" | "admin", expires: string | null}} Session
 */

const ORDER = ["viewer", "operator", "admin"];
/** @type {Session | null} */
let current = null;
/** @type {Promise<void> | null} */
let asking = null;
const watchers = new Set();
const KEPT = "passerby-signed-in"; // only whether, never by what

export const session = () => current;

/** May whoever is signed in do what `role` may? @param {"viewer" | "operator" | "admin"} role */
export const may = (role) => current !== null && ORDER.indexOf(current.role) >= ORDER.indexOf(role);

/** Be told when somebody else has signed in. @param {() => void} told */
export const onSession = (told) => watchers.add(told);

function became(now) {
  const changed = now?.name !== current?.name || now?.role !== current?.role;
  current = now;
  if (changed) watchers.forEach((told) => told());
}

/** Sign in by the address's fragment, or by the cookie of before; null when neither will do. */
export async function resume() {
  const held = new URLSearchParams(location.hash.slice(1)).get("key");
  if (held) {
    history.replaceState(null, "", location.pathname + location.search);
    await signIn(held);
    return current;
  }
  if (!remembered()) return null; // nothing to ask for: a refusal would stand in the console
  try {
    became(await ask("GET", "/session", { bare: true }));
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  return current;
}

function remembered() {
  try {
    return localStorage.getItem(KEPT) === "yes";
  } catch {
    return true; // storage is switched off: the service knows
  }
}

function remember(signed) {
  try {
    if (signed) localStorage.setItem(KEPT, "yes");
    else localStorage.removeItem(KEPT);
  } catch { /* storage is switched off */ }
}

/** @param {string} key */
export async function signIn(key) {
  became(await ask("POST", "/session", { json: { key: key.trim() }, bare: true }));
  remember(true);
}

export async function signOut() {
  await ask("DELETE", "/session", { bare: true });
  remember(false);
  location.assign("/");
}

/**
 * A form that signs in.
 * @param {() => void} done called afterwards
 * @param {string} [wrong] why it did not work before
 */
export function signInForm(done, wrong = "") {
  const key = h("input", {
    id: "key", type: "password", autocomplete: "current-password", required: true, spellcheck: "false",
    "aria-describedby": "key-help key-wrong",
  });
  const said = h("p.wrong", { id: "key-wrong", role: "alert" }, wrong);
  const button = h("button.main", { type: "submit" }, "Sign in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = "";
    try {
      await signIn(key.value);
      done();
    } catch (error) {
      said.textContent = error.message;
      key.select();
      key.focus();
    } finally {
      button.disabled = false;
    }
  };
  // Password managers file a secret under a name; nobody sees or fills this one.
  const name = h("input", { type: "text", name: "username", autocomplete: "username", value: "Passerby", hidden: true, "aria-hidden": "true" });
  return h("form.sign-in", { onsubmit: submit }, name,
    h("label", { for: "key" }, "Access key"), key,
    h("p.note", { id: "key-help" }, "It begins with “passerby_”. An admin makes one for you, and it can be taken back at any time."),
    said, button);
}

/** Ask to sign in, above whatever is open; what was asked for goes on afterwards. */
export function signInAgain() {
  asking ??= new Promise((resolve) => {
    const { close } = openDialog("Please sign in again", signInForm(() => {
      asking = null;
      close();
      resolve();
    }), { lead: "Your session is over, or your key no longer holds. Nothing on this page is lost.", closable: false });
  });
  return asking;
}
