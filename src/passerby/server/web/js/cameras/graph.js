import { counted, duration } from "../core/format.js";
import { fill, h, s } from "../core/h.js";
import { around, bow, order } from "./layout.js";

/** How people go from camera to camera, drawn; the same stands below as a table. */

const NODE = 17;

/** @param {{cameras: any[], passages: any[]}} graph */
export function graphFigure({ cameras, passages }) {
  const holder = h("div.graph");
  const names = order(cameras.map((one) => one.name), passages);
  const most = Math.max(1, ...passages.map((one) => one.count));
  let wide = 0;

  function draw() {
    const narrow = wide < 560;
    const high = names.length < 3 ? 230 : Math.round(Math.min(520, Math.max(340, wide * 0.55)));
    const [side, ends] = [narrow ? 46 : Math.max(110, (wide - 900) / 2), 62];
    const spots = around(names.length, side, ends, wide - side, high - ends);
    const spot = new Map(names.map((name, at) => [name, spots[at]]));
    const ways = passages.map((one) => ({ ...one, bow: bow(spot.get(one.start), spot.get(one.end), NODE + 4) }));
    fill(holder, s("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": `Camera graph: ${counted(cameras.length, "camera")}, ${counted(passages.length, "way")} between them; the table below says the same` },
      s("defs", null, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" },
        s("path", { d: "M0 .5 7.5 4 0 7.500z", class: "arrow" }))),
      ways.map((one) => s("path", { d: one.bow.path, class: "way", "stroke-width": 1.3 + 3.2 * Math.sqrt(one.count / most), "marker-end": "url(#arrow)" },
        s("title", null, `${one.start} to ${one.end}: ${counted(one.count, "time")}`))),
      cameras.map(({ name, zone, tracklets }) => {
        const { x, y } = spot.get(name);
        const below = y >= high / 2 - 1;
        return s("g", { class: "node" }, s("circle", { cx: x, cy: y, r: NODE }),
          s("path", { d: `M${x - 8} ${y - 4.5}h10v9h-10zM${x + 2} ${y - 1}l5.5-3v8l-5.5-3`, class: "eye" }),
          s("text", { x, y: below ? y + NODE + 17 : y - NODE - (zone ? 22 : 8), "text-anchor": "middle", class: "node-name" }, name),
          zone && s("text", { x, y: below ? y + NODE + 32 : y - NODE - 8, "text-anchor": "middle", class: "node-zone" }, zone),
          s("title", null, `${name}: ${counted(tracklets, "tracklet")}`));
      }),
      ways.map((one) => {
        const [middle, half] = [duration(one.seconds.p50), `${duration(one.seconds.p25)} – ${duration(one.seconds.p75)}`];
        const room = narrow ? 8 * middle.length + 8 : Math.max(8 * middle.length, 6.3 * half.length) + 10;
        return s("g", null,
          s("rect", { x: one.bow.x - room / 2, y: one.bow.y - 13, width: room, height: narrow ? 19 : 33, rx: 7, class: "way-back" }),
          s("text", { x: one.bow.x, y: one.bow.y + 1, "text-anchor": "middle", class: "way-time" }, middle),
          !narrow && s("text", { x: one.bow.x, y: one.bow.y + 15, "text-anchor": "middle", class: "way-spread" }, half));
      })));
  }
  new ResizeObserver(([{ contentRect }]) => {
    const now = Math.floor(contentRect.width);
    if (now && now !== wide) { wide = now; draw(); }
  }).observe(holder);
  return h("figure.card", null, holder, h("figcaption", null, "On each way: the median time, and the middle half. Thicker ways were taken more often."));
}

/** A box plot of how long a way takes. @param {Record<string, number>} seconds @param {number} low @param {number} high of all ways */
function spread(seconds, low, high) {
  const log = (value) => Math.sign(value) * Math.log1p(Math.abs(value)); // seconds and days on one scale
  const x = (value) => (4 + (112 * (log(value) - log(low))) / Math.max(log(high) - log(low), 1e-9)).toFixed(1);
  return s("svg", { viewBox: "0 0 120 16", width: 120, height: 16, "aria-hidden": "true", class: "box" },
    s("line", { x1: x(seconds.p10), x2: x(seconds.p90), y1: 8, y2: 8 }),
    s("rect", { x: x(seconds.p25), width: Math.max(2, Number(x(seconds.p75)) - Number(x(seconds.p25))), y: 3, height: 10, rx: 2 }),
    s("line", { x1: x(seconds.p50), x2: x(seconds.p50), y1: 1, y2: 15, class: "median" }));
}

/** The graph as a table. @param {any[]} passages */
export function graphTable(passages) {
  const low = Math.min(...passages.map((one) => one.seconds.p10));
  const high = Math.max(...passages.map((one) => one.seconds.p90));
  return h("div.scroll.card", { tabindex: 0, role: "region", "aria-label": "Ways between cameras" }, h("table", null,
    h("thead", null, h("tr", null, ["From", "To", "Times", "Median", "Middle half", "Spread"].map((words) => h("th", { scope: "col" }, words)))),
    h("tbody", null, passages.map((one) => h("tr", null, h("th", { scope: "row" }, one.start), h("td", null, one.end), h("td.number", null, one.count),
      h("td.number", null, h("b", null, duration(one.seconds.p50))), h("td.number", null, `${duration(one.seconds.p25)} – ${duration(one.seconds.p75)}`),
      h("td", null, spread(one.seconds, low, high), h("span.unseen", null, `80 % between ${duration(one.seconds.p10)} and ${duration(one.seconds.p90)}`)))))));
}
