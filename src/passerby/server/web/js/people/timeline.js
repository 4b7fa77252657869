import { atClock, counted, duration, onDay } from "../core/format.js";
import { fill, h, s } from "../core/h.js";
import { place, stretches } from "./axis.js";

/** Where somebody was, and when: a lane for each camera. */

const LANE = 44;
const TOP = 34;
const BOTTOM = 26;

/**
 * @param {{visits: any[], moves: any[]}} timeline
 * @param {(id: string) => void} chosen called with the visit that was clicked
 */
export function timelineFigure(timeline, chosen) {
  const visits = timeline.visits.filter((one) => one.clocked);
  if (!visits.length) return null;
  const cameras = [...new Set(visits.map((one) => one.camera))].sort();
  const holder = h("div.lanes");
  let wide = 0;
  let active = 0;

  function draw() {
    const narrow = wide < 560;
    const gutter = narrow ? 10 : Math.min(150, 24 + 8 * Math.max(...cameras.map((one) => one.length)));
    const high = TOP + cameras.length * LANE + BOTTOM;
    const across = stretches(visits, gutter + 8, wide - 12);
    const lane = (camera) => TOP + cameras.indexOf(camera) * LANE + LANE / 2 + (narrow ? 7 : 0);
    const svg = s("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "group", "aria-label": `Timeline: ${counted(visits.length, "visit")} at ${counted(cameras.length, "camera")}. Left and right move from visit to visit.` },
      cameras.map((camera, at) => s("g", { "aria-hidden": "true" },
        s("rect", { x: 0, y: TOP + at * LANE + 2, width: wide, height: LANE - 4, rx: 8, class: "lane" }),
        s("text", { x: 10, y: narrow ? TOP + at * LANE + 15 : lane(camera) + 4, class: "lane-name" }, camera))),
      across.map((one, at) => s("g", { "aria-hidden": "true" }, at > 0 && fold(across[at - 1], one, high), label(one, at ? across[at - 1] : null, high))),
      timeline.moves.map((move) => s("line", { class: "move", "aria-hidden": "true", x1: place(across, move.left), y1: lane(move.start), x2: place(across, move.reached), y2: lane(move.end) },
        s("title", null, `${move.start} to ${move.end}: ${duration(move.seconds)}`))),
      visits.map((visit, at) => {
        const from = place(across, visit.start);
        const to = Math.max(place(across, visit.end), from + 8);
        return s("rect", {
          class: "visit", x: from, y: lane(visit.camera) - 9, width: to - from, height: 18, rx: 5, role: "button", tabindex: at === active ? 0 : -1, dataset: { at },
          "aria-label": `${visit.camera}, ${onDay(visit.start)}, ${atClock(visit.start)}, for ${duration(visit.end - visit.start)}`,
          onclick: () => { active = at; chosen(visit.id); },
          onfocus: () => { active = at; },
        }, s("title", null, `${visit.camera} · ${atClock(visit.start)} · ${duration(visit.end - visit.start)}`));
      }));
    fill(holder, svg);
  }

  function fold(before, after, high) {
    const x = (before.to + after.from) / 2;
    return [s("line", { class: "fold", x1: x, x2: x, y1: TOP - 4, y2: high - BOTTOM + 4 }),
      s("text", { class: "fold-name", x, y: high - 6, "text-anchor": "middle" }, duration(after.start - before.end).replace(/ \d+ \S+$/, ""))];
  }

  function label(one, before, high) {
    const day = onDay(one.start);
    const room = one.to - one.from;
    return [(!before || day !== onDay(before.start)) && s("text", { class: "day", x: one.from, y: 12 }, room > 90 || !before ? day : day.replace(/^\S+ | \d{4}$/g, "")),
      s("text", { class: "tick", x: one.from, y: 27 }, room > 56 ? atClock(one.start) : atClock(one.start).slice(0, 5)),
      room > 150 && s("text", { class: "tick", x: one.to, y: 27, "text-anchor": "end" }, atClock(one.end))];
  }

  holder.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = Number(event.target.dataset?.at);
    if (step) {
      const next = holder.querySelector(`[data-at="${Math.min(visits.length - 1, Math.max(0, at + step))}"]`);
      holder.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
      next?.setAttribute("tabindex", "0");
      next?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && visits[at]) chosen(visits[at].id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  new ResizeObserver(([{ contentRect }]) => {
    const now = Math.floor(contentRect.width);
    if (now && now !== wide) { wide = now; draw(); }
  }).observe(holder);
  return h("figure.timeline.card", null, holder, h("figcaption.unseen", null, "The visits follow as a list."));
}
