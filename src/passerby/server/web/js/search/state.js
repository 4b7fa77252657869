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

/** Look for somebody else: what was said of the one before no longer holds. @param {Query | null} query */
export function look(query) {
  const before = state.query;
  if (before?.kind === "picture" && !(query?.kind === "picture" && query.url === before.url)) URL.revokeObjectURL(before.url);
  Object.assign(state, { query, found: null, confirmed: [], rejected: [], past: [] });
}
