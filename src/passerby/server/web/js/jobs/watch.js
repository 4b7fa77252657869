import { get } from "../core/api.js";
import { isOver } from "./card.js";

/** How a job goes on, as it happens. */

const AGAIN = 3000;

/**
 * @param {number} id @param {(job: any) => void} told @returns {() => void} what ends it
 */
export function watchJob(id, told) {
  let over = false;
  let source = null;
  let timer;

  function listen() {
    source = new EventSource(`/api/v1/jobs/${id}/events`);
    source.addEventListener("progress", (event) => told(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      stop();
      told(JSON.parse(event.data));
    });
    // The browser connects again by itself, unless it was refused: then it is asked why.
    source.addEventListener("error", () => { if (!over && source.readyState === EventSource.CLOSED) timer = setTimeout(look, AGAIN); });
  }

  async function look() {
    try {
      const job = await get(`/jobs/${id}`); // signs in again where that was why
      if (over) return;
      told(job);
      if (isOver(job)) stop();
      else listen();
    } catch {
      if (!over) timer = setTimeout(look, 3 * AGAIN);
    }
  }

  function stop() {
    over = true;
    clearTimeout(timer);
    source?.close();
  }
  listen();
  return stop;
}
