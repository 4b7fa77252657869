import { sentence } from "./core/api.js";
import { fill, h } from "./core/h.js";
import { bind, listen, showKeys } from "./core/keys.js";
import { drawFrame } from "./core/frame.js";
import { go, start } from "./core/router.js";
import { onSession, resume, session, signInForm } from "./core/session.js";
import { failed, loading } from "./core/state.js";

/** Where the page begins: sign in, then show the view that the address names. */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));

function welcome(wrong = "") {
  document.title = "Sign in · Passerby";
  fill(main, h("div.welcome", null,
    h("img.mark", { src: "/static/icon.svg", alt: "", width: 56, height: 56 }),
    h("h1", null, "Passerby"),
    h("p.lead", null, "Find a person again in other cameras."),
    h("div.card", null, signInForm(begin, wrong)),
    h("p.note", null, "What you look at is written to an audit log.")));
  document.getElementById("key")?.focus();
}

function begin() {
  drawFrame();
  start(main);
}

async function boot() {
  fill(main, loading("Opening …"));
  try {
    if (await resume()) begin();
    else welcome();
  } catch (error) {
    if (error.status === 401 || error.status === 429) welcome(sentence(error.message));
    else fill(main, failed(error, boot));
  }
}

let name = "";
onSession(() => { // somebody else has signed in, who may do other things
  const now = session()?.name ?? "";
  if (name && now !== name) begin();
  name = now;
});
bind({ "?": showKeys });
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault(); // the address names the view
  main.focus();
});
listen((letter) => {
  const where = { s: "search", p: "people", c: "cameras", j: "jobs", a: "admin" }[letter];
  if (where && session()) go(`#/${where}`);
});
// A file that misses its place would otherwise take the page's.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => event.preventDefault());
}
boot();
