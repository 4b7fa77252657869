import { fill, h } from "../core/h.js";
import { say, toast } from "../core/say.js";
import { empty } from "../core/state.js";
import { pages } from "../parts/pages.js";
import { isOver, jobCard } from "./card.js";
import { startForm } from "./start.js";
import { watchJob } from "./watch.js";

/** Videos that are taken in, now and before. @type {import("../core/router.js").View} */
export function jobsView(main) {
  /** @type {Map<number, () => void>} */
  const watched = new Map();
  const form = h("div");
  const list = h("div");
  let rows = null;

  function row(job) {
    const card = jobCard(job, (now) => card.show(now));
    if (!isOver(job)) {
      watched.set(job.id, watchJob(job.id, (now) => {
        card.show(now);
        if (isOver(now)) say(`${now.arguments.video ?? now.arguments.stream ?? "A job"}: ${now.state}`);
      }));
    }
    return card.element;
  }

  const load = () => pages(list, {
    path: "/jobs", query: { limit: 20 }, words: "Loading jobs …", list: () => (rows = h("ol.jobs")), row,
    none: () => { rows = null; return empty("Nothing was taken in from here yet"); },
  });

  function started(job) {
    toast(`${job.arguments.video ?? job.arguments.stream} is waiting for its turn.`);
    if (rows) rows.prepend(row(job));
    else load();
  }
  fill(main, h("h1", null, "Jobs"), h("div.jobs-page", null,
    h("section.card", { "aria-labelledby": "start-title" }, h("h2", { id: "start-title" }, "Take a video in"), form),
    h("section", { "aria-labelledby": "jobs-title" }, h("h2", { id: "jobs-title" }, "Progress and history"), list)));
  startForm(form, started);
  load();
  return () => watched.forEach((stop) => stop());
}
