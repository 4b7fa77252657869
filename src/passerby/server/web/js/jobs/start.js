import { get, post } from "../core/api.js";
import { bytes } from "../core/format.js";
import { h } from "../core/h.js";
import { action, during, empty } from "../core/state.js";
import { field, moment, select } from "../parts/field.js";

const DETECTORS = { "": "The usual one", "person-detection-retail-0013": "person-detection-retail-0013", nanodet_m: "nanodet_m", motion: "motion (a still camera, no network)" };

/** A form that has a video or a live camera taken in. @param {Element} into @param {(job: any) => void} started */
export function startForm(into, started) {
  const load = async () => {
    const [videos, cameras] = await Promise.all([get("/videos"), get("/cameras")]);
    return { ...videos, cameras: cameras.items };
  };
  return during(into, "Looking for videos …", load, ({ items, streams, cameras }) => {
    if (!items.length && !streams.length) {
      return empty("There is nothing to take in", h("p", null, "Start the service with --videos FOLDER, or --stream NAME=ADDRESS for a live camera."));
    }
    const group = (words, kind, names, label) => names.length > 0 && h("optgroup", { label: words }, names.map((name) => h("option", { value: `${kind}:${name}` }, label(name))));
    const size = new Map(items.map((one) => [one.name, one.bytes]));
    const source = h("select", { onchange: () => show() },
      group("Videos", "video", items.map((one) => one.name), (name) => `${name}${size.get(name) ? ` (${bytes(size.get(name))})` : ""}`),
      group("Live cameras", "stream", streams, (name) => name));
    const camera = h("input", { type: "text", required: true, maxlength: 200, list: "camera-names", autocomplete: "off" });
    const start = h("input", { type: "datetime-local", step: 1 });
    const fps = h("input", { type: "number", min: 0.1, max: 1000, step: "any", placeholder: "all" });
    const seconds = h("input", { type: "number", min: 1, max: 604800, step: "any", placeholder: "until cancelled" });
    const detector = select(DETECTORS);
    const [startField, secondsField] = [field("Begins at", start, "Without it, times count from the video’s beginning, unless its name or file tells."), field("For (seconds)", seconds)];
    const live = () => source.value.startsWith("stream:");
    const show = () => { startField.hidden = live(); secondsField.hidden = !live(); };
    show();
    const form = h("form.start", { onsubmit: (event) => { event.preventDefault(); form.querySelector("button.main").click(); } },
      field("What", source), field("Camera", camera), h("datalist", { id: "camera-names" }, cameras.map((one) => h("option", { value: one.name }))),
      startField, secondsField,
      h("details", null, h("summary", null, "More"), field("Frames a second, at most", fps), field("Detector", detector)),
      action("Take it in", async () => {
        if (!camera.value.trim()) {
          camera.focus();
          throw new Error("Say which camera saw it");
        }
        const at = source.value.indexOf(":");
        const sent = { [source.value.slice(0, at)]: source.value.slice(at + 1), camera: camera.value.trim() };
        if (!live() && start.value) sent.start = moment(start.value);
        if (live() && seconds.value) sent.seconds = Number(seconds.value);
        if (fps.value) sent.fps = Number(fps.value);
        if (detector.value) sent.detector = detector.value;
        started(await post("/jobs", sent));
      }, { class: "main" }));
    return form;
  });
}
