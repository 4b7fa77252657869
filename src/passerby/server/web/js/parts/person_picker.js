import { get } from "../core/api.js";
import { called, counted } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";

/**
 * A field that finds people by name; arrow keys and Enter choose one.
 * @param {{label: string, id: string, chosen: (person: any) => void, without?: () => string[], keep?: boolean}} options
 *   without: ids that are not offered; keep: the field keeps the name of who was chosen
 * @returns {HTMLElement}
 */
export function personPicker({ label, id, chosen, without = () => [], keep = false }) {
  let found = [];
  let at = -1;
  let asked = 0;
  const field = h("input", {
    id, type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", placeholder: "Type a name",
    "aria-expanded": "false", "aria-controls": `${id}-list`,
    oninput: () => look(), onfocus: () => look(), onkeydown: (event) => onKey(event),
    onblur: () => setTimeout(close, 150),
  });
  const list = h("ul.options", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });

  async function look() {
    const mine = (asked += 1);
    try {
      const answer = await get("/people", { name: field.value, limit: 30 });
      if (mine !== asked) return;
      found = answer.items.filter((one) => !without().includes(one.id)).slice(0, 8);
    } catch (error) {
      found = [];
      say(error.message);
    }
    at = -1;
    show();
  }

  function show() {
    fill(list, found.length ? found.map((one, place) => h("li", {
      id: `${id}-${place}`, role: "option", "aria-selected": String(place === at),
      onpointerdown: (event) => { event.preventDefault(); take(one); },
    }, h("span", null, called(one)), h("small", null, counted(one.tracklets, "tracklet"))))
      : h("li.none", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nobody of that name"));
    list.hidden = document.activeElement !== field;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (at >= 0) field.setAttribute("aria-activedescendant", `${id}-${at}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function take(one) {
    field.value = keep ? called(one) : "";
    close();
    chosen(one);
  }

  function close() {
    asked += 1;
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      show();
    } else if (event.key === "Enter" && !list.hidden && found.length) {
      event.preventDefault();
      take(found[Math.max(at, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  }
  return h("div.picker", null, h("label", { for: id }, label), field, list);
}
