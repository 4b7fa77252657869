import { ask, post } from "../core/api.js";
import { moment } from "../parts/field.js";
import { state } from "./state.js";

/** Ask the service to search, to rank again, and for the next page. */

const PAGE = 24;
const MOST = 200;

/** The filter as the service reads it. */
function where() {
  const { cameras, notCameras, zones, people, known, after, before } = state.filter;
  return {
    cameras, not_cameras: notCameras, zones, people: people.map((one) => one.id),
    known: known === "" ? null : known === "yes", after: moment(after), before: moment(before),
  };
}

/** A picture, and what is asked about it, as a form. @param {Blob} file @param {any} options */
export function upload(file, options) {
  const form = new FormData();
  form.append("picture", file, "picture");
  if (options) form.append("options", JSON.stringify(options));
  return form;
}

/** Search with the query as it is; what was said stays said. @param {AbortSignal} signal */
export async function search(signal) {
  const query = state.query;
  if (!query) return;
  const asked = { filter: where(), top: state.filter.top, limit: PAGE };
  if (query.kind === "picture") {
    const form = upload(query.file, { ...asked, box: query.box });
    state.found = await ask("POST", "/search/picture", { form, signal });
  } else if (query.kind === "tracklet") {
    state.found = await post("/search/tracklet", { ...asked, tracklet: query.tracklet.id }, { signal });
  } else {
    state.found = await post("/search/person", { ...asked, person: query.person.id }, { signal });
  }
  if (state.confirmed.length || state.rejected.length) await refine(signal);
}

/** Rank again with what was said. A search that the service no longer knows is done again. @param {AbortSignal} signal */
export async function refine(signal) {
  const said = {
    search: state.found.search, confirmed: state.confirmed, rejected: state.rejected.map((one) => one.id),
    limit: Math.min(MOST, Math.max(PAGE, state.found.items.length)),
  };
  try {
    state.found = await post("/search/refine", said, { signal });
  } catch (error) {
    if (error.status !== 404 && error.status !== 409) throw error;
    state.found = null;
    await search(signal);
  }
}

/** The next page. */
export async function more() {
  const found = state.found;
  const next = await ask("GET", `/search/${found.search}`, { query: { limit: PAGE, cursor: found.next } });
  if (state.found !== found) return 0;
  state.found = { ...next, items: [...found.items, ...next.items] };
  return next.items.length;
}
