/**
 * Time across a page. Hours in which nothing happens are folded away.
 * @typedef {{start: number, end: number}} Span seconds
 * @typedef {Span & {from: number, to: number}} Stretch a span, and where it lies in pixels
 */

const FOLD = 20 * 60; // seconds without anything, at least, that are folded
const GAP = 34; // pixels of a fold
const LEAST = 46; // pixels of a stretch

/**
 * Stretches of time in which something happens.
 * @param {Span[]} spans @param {number} left @param {number} right pixels
 * @returns {Stretch[]}
 */
export function stretches(spans, left, right) {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  /** @type {Span[]} */
  const found = [];
  for (const { start, end } of sorted) {
    const last = found.at(-1);
    if (last && start - last.end <= fold(sorted)) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  const room = right - left - GAP * (found.length - 1);
  const least = Math.min(LEAST, room / found.length);
  const total = found.reduce((sum, one) => sum + length(one), 0);
  let at = left;
  return found.map((one) => {
    const wide = least + (room - least * found.length) * (length(one) / total);
    const made = { ...one, from: at, to: at + wide };
    at += wide + GAP;
    return made;
  });
}

/** Where a moment lies. @param {Stretch[]} all @param {number} time */
export function place(all, time) {
  const here = all.find((one) => time <= one.end) ?? all[all.length - 1];
  const share = (time - here.start) / length(here);
  return here.from + Math.min(1, Math.max(0, share)) * (here.to - here.from);
}

const length = (span) => Math.max(span.end - span.start, 1);

// Not more than some ten folds, however long ago it all began.
function fold(sorted) {
  const gaps = sorted.slice(1).map((one, at) => one.start - sorted[at].end).sort((a, b) => b - a);
  return Math.max(FOLD, gaps[6] ?? 0);
}
