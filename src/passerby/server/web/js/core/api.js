import { signInAgain } from "./session.js";
import { toast } from "./say.js";

/** The service's interface: JSON in and out, words for whatever goes wrong. */

const BASE = "/api/v1";
const TRIES = 4;
const PATIENCE = 30; // seconds, at most, between two tries

/** Why a request failed, in words that can be shown. */
export class Refused extends Error {
  /** @param {string} words @param {number} status @param {{where: string, what: string}[]} [errors] */
  constructor(words, status, errors = []) {
    super(words);
    this.status = status;
    this.errors = errors;
  }
}

/**
 * Ask the service. Who is no longer signed in signs in again, and the request goes on; who comes
 * too often, or when the service is busy, waits as long as it says.
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {{json?: any, form?: FormData, query?: Record<string, any>, signal?: AbortSignal, bare?: boolean}} [sent]
 *   bare: a 401 is an answer, nobody is asked to sign in
 * @returns {Promise<any>} the answer's JSON; null for none
 */
export async function ask(method, path, sent = {}) {
  for (let tried = 1; ; tried += 1) {
    const answer = await once(method, path, sent);
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    if (answer.status === 401 && !sent.bare) {
      await signInAgain();
      tried = 0;
      continue;
    }
    const error = await refusal(answer);
    const wait = Number(answer.headers.get("retry-after"));
    if (!mayTryAgain(method, path, answer.status) || tried >= TRIES || !(wait <= PATIENCE)) throw error;
    toast(`${sentence(error.message)} Trying again in ${Math.max(1, wait)} s.`);
    await pause(Math.max(1, wait) * 1000 + Math.random() * 300, sent.signal);
  }
}

export const get = (path, query, more) => ask("GET", path, { query, ...more });
export const post = (path, json, more) => ask("POST", path, { json, ...more });

/** Words with a full stop. @param {string} words */
export const sentence = (words) => (/[.!?…]$/.test(words) ? words : `${words}.`);

/** Was it only given up, because something newer was asked for? @param {unknown} error */
export const aborted = (error) => error instanceof DOMException && error.name === "AbortError";

async function once(method, path, { json, form, query, signal }) {
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const headers = json === undefined ? {} : { "Content-Type": "application/json" };
  try {
    return await fetch(BASE + path + asked(query), { method, body, headers, signal, credentials: "same-origin" });
  } catch (error) {
    if (aborted(error)) throw error;
    throw new Refused("The service cannot be reached. Is it running, and are you on its network?", 0);
  }
}

function asked(query) {
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [key, one]));
  const kept = pairs.filter(([, one]) => one !== null && one !== undefined && one !== "");
  return kept.length ? `?${new URLSearchParams(kept.map(([key, one]) => [key, String(one)]))}` : "";
}

async function refusal(answer) {
  try {
    const problem = await answer.json();
    return new Refused(capital(problem.detail || problem.title), answer.status, problem.errors ?? []);
  } catch {
    return new Refused(`The service answered ${answer.status}, without a word.`, answer.status);
  }
}

// What was refused for its rate was not begun. What the service was too busy for may have been.
function mayTryAgain(method, path, status) {
  const harmless = method === "GET" || /^\/(search|detect|compare)/.test(path);
  return (status === 429 && path !== "/session") || (status === 503 && harmless);
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("given up", "AbortError"));
    });
  });
}
