/**
 * Where the cameras of a graph stand: on an ellipse, those between whom people go side by side.
 * @typedef {{start: string, end: string, count: number}} Passage
 */

const TRIED = 9; // up to so many cameras every swap is tried again and again

/** Cameras in the order in which they stand around. @param {string[]} names @param {Passage[]} passages */
export function order(names, passages) {
  const held = [...names];
  const cost = () => passages.reduce((sum, { start, end, count }) => {
    const by = Math.abs(held.indexOf(start) - held.indexOf(end));
    return sum + Math.min(by, held.length - by) * Math.sqrt(count);
  }, 0);
  for (let round = 0; round < TRIED; round += 1) {
    let better = false;
    for (let a = 0; a < held.length; a += 1) {
      for (let b = a + 1; b < held.length; b += 1) {
        const before = cost();
        [held[a], held[b]] = [held[b], held[a]];
        if (cost() < before - 1e-9) better = true;
        else [held[a], held[b]] = [held[b], held[a]];
      }
    }
    if (!better) break;
  }
  return held;
}

/**
 * Points around, spread over a rectangle, the first at the left.
 * @param {number} count @param {number} left @param {number} top @param {number} right @param {number} bottom
 */
export function around(count, left, top, right, bottom) {
  const points = Array.from({ length: count }, (_, at) => {
    const angle = Math.PI + (2 * Math.PI * at) / count;
    return { x: Math.cos(angle), y: Math.sin(angle) };
  });
  const spread = (key, from, to) => {
    const values = points.map((one) => one[key]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value) => (high - low < 1e-6 ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from));
  };
  const [x, y] = [spread("x", left, right), spread("y", top, bottom)];
  return points.map((one) => ({ x: x(one.x), y: y(one.y) }));
}

/**
 * A bow from one point to another that leaves room for the one back.
 * @param {{x: number, y: number}} a @param {{x: number, y: number}} b @param {number} gap pixels kept free at both ends
 * @returns {{path: string, x: number, y: number}} and the place of its label
 */
export function bow(a, b, gap) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const bend = Math.min(46, 0.22 * length);
  const [cx, cy] = [(a.x + b.x) / 2 - uy * bend * 2, (a.y + b.y) / 2 + ux * bend * 2];
  const from = towards(a, { x: cx, y: cy }, gap);
  const to = towards(b, { x: cx, y: cy }, gap + 7);
  return {
    path: `M${from.x.toFixed(1)} ${from.y.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`,
    x: 0.25 * from.x + 0.5 * cx + 0.25 * to.x, y: 0.25 * from.y + 0.5 * cy + 0.25 * to.y,
  };
}

function towards(from, to, by) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}
