import { get } from "../core/api.js";
import { h } from "../core/h.js";
import { say } from "../core/say.js";
import { action, during } from "../core/state.js";

/**
 * A list of the service, page by page.
 * @param {Element} into
 * @param {{path: string, query?: Record<string, any>, words: string, list: () => HTMLElement,
 *   row: (item: any) => import("../core/h.js").Child, none: () => import("../core/h.js").Child,
 *   body?: (list: HTMLElement) => Element, loaded?: (items: any[]) => void}} options
 *   list: makes what holds the rows; body: where in it they go
 */
export function pages(into, { path, query = {}, words, list, row, none, body = (made) => made, loaded }) {
  return during(into, words, () => get(path, query), (first) => {
    loaded?.(first.items);
    if (!first.items.length) return none();
    const made = list();
    const rows = body(made);
    rows.append(...first.items.map(row));
    let next = first.next;
    const more = h("p.more", null, action("Show more", async () => {
      const answer = await get(path, { ...query, cursor: next });
      loaded?.(answer.items);
      const added = answer.items.map(row);
      rows.append(...added);
      next = answer.next;
      say(`${added.length} more`);
      const link = added[0]?.querySelector?.("a, button, [tabindex]");
      if (!next) {
        more.remove();
        link?.focus();
      }
    }));
    return next ? [made, more] : made;
  });
}
