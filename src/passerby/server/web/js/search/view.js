import { aborted } from "../core/api.js";
import { fill, h } from "../core/h.js";
import { bind } from "../core/keys.js";
import { say, toast } from "../core/say.js";
import { may } from "../core/session.js";
import { failed, loading } from "../core/state.js";
import { aTracklet, forgetDialog } from "../parts/forget.js";
import { compareDialog } from "./compare.js";
import { confirm, feedbackBar, forgive, reject, said, undo } from "./feedback.js";
import { filterPanel } from "./filters.js";
import { keepDialog } from "./keep.js";
import { queryPanel } from "./query.js";
import { resultList } from "./results.js";
import { refine, search } from "./run.js";
import { forgot, look, state } from "./state.js";

/** @type {import("../core/router.js").View} */
export function searchView(main) {
  let running = new AbortController();
  const status = h("div.status");
  const hitOf = (id) => state.found?.items.find((hit) => hit.tracklet.id === id);
  const acts = {
    confirm: (id) => judge(() => confirm(id)),
    reject: (id) => { const hit = hitOf(id); if (hit) judge(() => reject(hit.tracklet)); },
    compare: (id) => { const hit = hitOf(id); if (hit) compareDialog(state.query, hit, { confirm: () => acts.confirm(id), reject: () => acts.reject(id), forget: may("admin") && (() => forget(hit.tracklet)) }); },
    again: (id) => {
      const hit = hitOf(id);
      if (!hit) return;
      look({ kind: "tracklet", tracklet: hit.tracklet });
      query.show();
      run();
      window.scrollTo(0, 0);
      document.getElementById("choose")?.focus({ preventScroll: true });
    },
  };
  const results = resultList(acts);
  const takeBack = () => judge(undo);
  const bar = feedbackBar({
    undo: takeBack,
    clear: () => judge(() => { state.past = [...state.past, { confirmed: state.confirmed, rejected: state.rejected }]; state.confirmed = []; state.rejected = []; }),
    keep: () => keepDialog(run),
    forgive: (id) => judge(() => forgive(id)),
  });
  const query = queryPanel(run);
  const side = h("aside.side", { "aria-label": "What to search for" }, query.element, filterPanel(run));
  const page = h("div.search", null, side, h("section.found", { "aria-label": "What was found" }, bar.element, status, results.element));
  fill(main, h("h1", null, "Search"), page);

  function show() {
    page.classList.toggle("fresh", !state.query || (state.query.kind === "picture" && !state.query.chosen));
    bar.show();
    results.show();
  }

  /** Search, as the query and the filters are now. */
  async function run() {
    const chosen = state.query?.kind !== "picture" || state.query.chosen;
    running.abort();
    running = new AbortController();
    if (!state.query || !chosen) {
      fill(status);
      show();
      return;
    }
    await doing("Searching …", search, () => `${state.found.total} found`);
  }

  /** Have an answer forgotten, and search again without it. */
  const forget = (tracklet) => forgetDialog(aTracklet(tracklet), () => {
    forgot(tracklet.id);
    toast("Forgotten.");
    query.show();
    run();
  });

  /** Say something of an answer, and rank again at once. */
  async function judge(change) {
    if (!state.found) return;
    const from = Math.max(results.at(), 0);
    const next = results.at() < 0 ? null : results.idAt(from + 1);
    const before = { confirmed: state.confirmed, rejected: state.rejected, past: state.past };
    if (change() === false) return;
    bar.show();
    running.abort();
    running = new AbortController();
    const fine = await doing("Ranking again …", refine, () => `Ranked again: ${said()}`, true);
    if (!fine) Object.assign(state, fine === null ? {} : before);
    show();
    if (fine && next !== null && document.querySelector("dialog[open]") === null) {
      const there = next ? state.found.items.findIndex((hit) => hit.tracklet.id === next) : from;
      results.focus(there < 0 ? from : there);
    }
  }

  /** @returns {Promise<boolean | null>} whether it worked; null when something newer is under way */
  async function doing(words, act, done, quiet = false) {
    const { signal } = running;
    page.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => { if (!signal.aborted) fill(status, loading(words)); }, quiet ? 400 : 150);
    try {
      await act(signal);
      if (signal.aborted) return null;
      fill(status);
      show();
      say(done());
      return true;
    } catch (error) {
      if (signal.aborted || aborted(error)) return null;
      if (quiet) {
        fill(status);
        toast(error.message, "wrong");
      } else {
        state.found = null;
        show();
        fill(status, failed(error, run));
      }
      return false;
    } finally {
      clearTimeout(slow);
      if (running.signal === signal) page.removeAttribute("aria-busy");
    }
  }

  const unbind = bind({ ...results.keys, u: takeBack, "/": () => {
    const choose = document.getElementById("choose");
    if (document.activeElement === choose) query.choose();
    choose?.focus();
  } });
  const pasted = (event) => take(event, event.clipboardData);
  const dropped = (event) => { page.classList.remove("over"); take(event, event.dataTransfer); };
  const over = (event) => { if (event.dataTransfer?.types.includes("Files")) page.classList.add("over"); };
  const out = (event) => { if (!event.relatedTarget) page.classList.remove("over"); };
  function take(event, from) {
    const file = [...(from?.files ?? [])][0];
    if (!file || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    query.take(file);
  }
  const listened = /** @type {const} */ ([["paste", pasted], ["drop", dropped], ["dragover", over], ["dragleave", out]]);
  for (const [kind, act] of listened) document.addEventListener(kind, act);

  query.show();
  show();
  if (state.query && !state.found) run();
  return () => {
    running.abort();
    unbind();
    for (const [kind, act] of listened) document.removeEventListener(kind, act);
  };
}
