/**
 * The search that is being done. It outlives the view, so that nothing is lost on the way to a
 * person's page and back.
 * @typedef {{kind: "picture", file: Blob, url: string, box: number[] | null, found: any | null}
 *   | {kind: "tracklet", tracklet: any} | {kind: "person", person: any}} Query
 *   found: what was detected in the picture
 */

export const fresh = () => ({
  cameras: /** @type {string[]} */ ([]), notCameras: /** @type {string[]} */ ([]), zones: /** @type {string[]} */ ([]),
  people: /** @type {any[]} */ ([]), known: "", after: "", before: "", top: 100,
});

export const state = {
  /** @type {Query | null} */ query: null,
  filter: fresh(),
  /** @type {any | null} */ found: null,
  /** @type {string[]} */ confirmed: [],
  /** @type {{id: string, tracklet: any}[]} */ rejected: [],
  /** @type {{confirmed: string[], rejected: {id: string, tracklet: any}[]}[]} what was said before */ past: [],
};

/** A tracklet, or all of a recording, was forgotten: nothing here may refer to it any more. @param {string} id */
export function forgot(id) {
  const gone = (one) => one === id || one.startsWith(`${id}/`);
  const { query } = state;
  if (query?.kind === "tracklet" && gone(query.tracklet.id)) {
    look(null);
    return;
  }
  if (query?.kind === "person" && query.person.cover?.includes(`/tracklets/${id}/`)) state.query = { ...query, person: { ...query.person, cover: null } };
  const rest = ({ confirmed, rejected }) => ({ confirmed: confirmed.filter((one) => !gone(one)), rejected: rejected.filter((one) => !gone(one.id)) });
  // The service has dropped all searches: their answers could show it.
  Object.assign(state, { found: null, ...rest(state), past: state.past.map(rest) });
}

/** Look for somebody else: what was said of the one before no longer holds. @param {Query | null} query */
export function look(query) {
  const before = state.query;
  if (before?.kind === "picture" && !(query?.kind === "picture" && query.url === before.url)) URL.revokeObjectURL(before.url);
  Object.assign(state, { query, found: null, confirmed: [], rejected: [], past: [] });
}
