/** Numbers and times, as people read them here. */

const LOCALE = "en-GB";
const moment = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const plain = new Intl.NumberFormat(LOCALE);

/** @param {number} value */
export const number = (value) => plain.format(value);
/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
/** @param {number} seconds since 1970 */
export const atTime = (seconds) => moment.format(seconds * 1000);
/** @param {number} seconds since 1970 */
export const atMinute = (seconds) => minute.format(seconds * 1000);
/** @param {number} seconds since 1970 */
export const atClock = (seconds) => clock.format(seconds * 1000);
/** @param {number} seconds since 1970 */
export const onDay = (seconds) => day.format(seconds * 1000);
/** The zone in which this page shows times. */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "local time";
/** @param {number} share from 0 to 1 */
export const percent = (share) => {
  const of100 = 100 * share;
  return of100 >= 99.5 && share < 1 ? "> 99 %" : of100 < 0.5 && share > 0 ? "< 1 %" : `${Math.round(of100)} %`;
};
/** @param {number} value */
export const distance = (value) => Math.max(0, value).toFixed(3); // rounding leaves -1e-7

/** How long something took, in the largest two units. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  for (const [unit, size, smaller, part] of [["min", 60, "s", 1], ["h", 3600, "min", 60], ["d", 86400, "h", 3600]]) {
    const next = unit === "min" ? 3600 : unit === "h" ? 86400 : Infinity;
    if (whole >= next) continue;
    const rest = Math.floor((whole % Number(size)) / Number(part));
    return `${Math.floor(whole / Number(size))} ${unit}${rest ? ` ${rest} ${smaller}` : ""}`;
  }
  return `${whole} s`;
}

/** When a tracklet was seen. @param {{clocked: boolean, start: number, when: string}} tracklet */
export const seenAt = (tracklet) => (tracklet.clocked ? atTime(tracklet.start) : `${tracklet.when} into the recording`);

/** What a person is called. @param {{id: string, name: string}} person */
export const called = (person) => person.name || `Unnamed ${person.id.slice(0, 6)}`;

/** Bytes, in the unit that reads best. @param {number} count */
export function bytes(count) {
  const at = count < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** at).toFixed(at && count / 1000 ** at < 10 ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][at]}`;
}
