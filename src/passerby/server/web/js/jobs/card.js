import { post } from "../core/api.js";
import { atMinute, counted, duration, number } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { action } from "../core/state.js";

const STATES = { waiting: "Waiting", running: "Running", done: "Done", failed: "Failed", cancelled: "Cancelled" };

export const isOver = (job) => ["done", "failed", "cancelled"].includes(job.state);

/** @param {any} job @param {(job: any) => void} changed called with the job once it is being cancelled */
export function jobCard(job, changed) {
  const head = h("header");
  const bar = h("progress");
  const line = h("p.job-line");
  const foot = h("div");
  const element = h("li.job.card", { dataset: { id: job.id } }, head, bar, line, foot);

  function show(now) {
    const { arguments: asked, state } = now;
    const share = now.total > 0 ? Math.min(1, now.done / now.total) : null;
    element.dataset.state = state;
    fill(head, h("h3", null, asked.video ?? asked.stream ?? now.kind), h(`span.state-badge.${state}`, null, now.cancelling && !isOver(now) ? "Being cancelled" : STATES[state]),
      h("span.note", null, asked.camera && `camera ${asked.camera} · `, `by ${now.by} · ${atMinute(now.made)}`));
    bar.hidden = isOver(now) || state === "waiting";
    bar.setAttribute("aria-label", `Progress of ${asked.video ?? asked.stream ?? "the job"}`);
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    fill(line, words(now, share));
    line.classList.toggle("wrong", state === "failed");
    const stoppable = !isOver(now) && !now.cancelling;
    if (!stoppable) fill(foot);
    else if (!foot.childElementCount) fill(foot, action("Cancel", async () => changed(await post(`/jobs/${job.id}/cancel`)), { "aria-label": `Cancel ${asked.video ?? asked.stream ?? "the job"}` }));
  }
  show(job);
  return { element, show };
}

function words(job, share) {
  if (job.state === "failed") return job.error;
  if (job.state === "waiting") return "Waiting for its turn.";
  if (job.state === "cancelled") return "It was cancelled; what was taken in before is kept.";
  const took = job.started && job.ended ? ` in ${duration(job.ended - job.started)}` : "";
  if (job.state === "done") {
    const parts = Array.isArray(job.result) ? job.result : [];
    const tracklets = parts.reduce((sum, one) => sum + (Number(one?.tracklets) || 0), 0);
    return `${parts.length ? counted(tracklets, "tracklet") : "Finished"}${took}.`;
  }
  return `${job.text || "Beginning …"}${share === null ? "" : ` · ${Math.floor(100 * share)} %`}${job.total ? ` · ${number(job.done)} of ${number(job.total)}` : ""}`;
}
