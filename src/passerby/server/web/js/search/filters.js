import { get } from "../core/api.js";
import { called, counted, timeZone } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { failed } from "../core/state.js";
import { field, select, ticked } from "../parts/field.js";
import { personPicker } from "../parts/person_picker.js";
import { fresh, state } from "./state.js";

/** Where and when to look. */

const WAIT = 350; // milliseconds until what is being typed counts

/** How many conditions are set. */
export function conditions() {
  const f = state.filter;
  return f.cameras.length + f.notCameras.length + f.zones.length + f.people.length
    + Number(f.known !== "") + Number(f.after !== "") + Number(f.before !== "");
}

/** @param {() => void} changed @returns {HTMLElement} */
export function filterPanel(changed) {
  let cameras = null;
  let waiting;
  const body = h("div.filters");
  const count = h("span.badge");
  const panel = h("details.card.filter-panel", { open: matchMedia("(min-width: 900px)").matches },
    h("summary", null, h("h2", null, "Filters"), count), body);

  function set(values) {
    Object.assign(state.filter, values);
    mark();
    clearTimeout(waiting);
    waiting = setTimeout(changed, WAIT);
  }

  function mark() {
    const set = conditions();
    count.textContent = set ? String(set) : "";
    count.hidden = !set;
    const clear = body.querySelector("#clear-filters");
    if (clear) clear.hidden = !set && state.filter.top === 100;
  }

  async function load() {
    try {
      cameras = (await get("/cameras")).items;
      show();
    } catch (error) {
      fill(body, failed(error, load));
    }
  }

  function show() {
    const f = state.filter;
    const zones = [...new Set(cameras.map((one) => one.zone).filter(Boolean))].sort();
    const time = (label, key) => field(label, h("input", {
      type: "datetime-local", step: 1, value: f[key], onchange: (event) => set({ [key]: event.target.value }),
    }));
    const known = select({ "": "Everybody", yes: "People who are known", no: "Nobody’s yet" }, f.known);
    known.addEventListener("change", () => set({ known: known.value }));
    const top = h("input", {
      type: "number", min: 1, max: 500, value: f.top, inputmode: "numeric",
      onchange: () => {
        const value = Math.min(500, Math.max(1, Math.round(Number(top.value)) || 100));
        top.value = String(value);
        set({ top: value });
      },
    });
    fill(body,
      h("fieldset", null, h("legend", null, "Cameras"),
        cameras.length ? h("ul.cameras", null, cameras.map((one) => h("li", null, h("span", null, one.name), choices(one.name))))
          : h("p.note", null, "There is no camera yet.")),
      zones.length > 0 && h("fieldset", null, h("legend", null, "Zones"), zones.map((zone) => ticked(zone, h("input", {
        type: "checkbox", checked: f.zones.includes(zone), onchange: () => set({ zones: toggled(state.filter.zones, zone) }),
      })))),
      field("Shows", known), chosenPeople(),
      h("fieldset", null, h("legend", null, "Time"), time("From", "after"), time("To", "before"),
        h("p.note", null, `${timeZone()}. Recordings without a clock are left out.`)),
      field("How many to rank", top),
      h("button.quiet", { type: "button", id: "clear-filters", onclick: () => { state.filter = fresh(); show(); set({}); panel.querySelector("summary").focus(); } }, "Clear the filters"));
    mark();
  }

  // One of the two, or neither.
  function choices(name) {
    const pressed = (key) => state.filter[key].includes(name);
    const button = (key, otherKey, words, label) => h("button.tiny", {
      type: "button", "aria-pressed": String(pressed(key)), "aria-label": `${label} ${name}`,
      onclick: (event) => {
        set({ [key]: toggled(state.filter[key], name), [otherKey]: state.filter[otherKey].filter((one) => one !== name) });
        for (const [at, one] of [...event.target.parentElement.children].entries()) {
          one.setAttribute("aria-pressed", String(pressed(at ? "notCameras" : "cameras")));
        }
      },
    }, words);
    return h("span.either", null, button("cameras", "notCameras", "Only", "Only camera"),
      button("notCameras", "cameras", "Not", "Not camera"));
  }

  function chosenPeople() {
    const chips = h("ul.chips");
    const draw = () => fill(chips, state.filter.people.map((person) => h("li", null, called(person),
      h("button.quiet", { type: "button", "aria-label": `Without ${called(person)}`, onclick: () => {
        set({ people: state.filter.people.filter((one) => one.id !== person.id) });
        draw();
      } }, "×"))));
    draw();
    return h("div", null, personPicker({
      label: "Only these people", id: "filter-people", without: () => state.filter.people.map((one) => one.id),
      chosen: (person) => { set({ people: [...state.filter.people, person] }); draw(); },
    }), chips);
  }
  load();
  return panel;
}

/** The filters in words, for the line above the results. */
export function inWords() {
  const set = conditions();
  return set ? counted(set, "filter") : "";
}

const toggled = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
