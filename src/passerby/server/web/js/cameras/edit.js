import { ask } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { h } from "../core/h.js";
import { toast } from "../core/say.js";
import { action } from "../core/state.js";
import { field } from "../parts/field.js";

/** Change a camera's zone and retention. @param {any} camera @param {() => void} done */
export function cameraDialog(camera, done) {
  const zone = h("input", { type: "text", maxlength: 200, value: camera.zone });
  const days = h("input", { type: "number", min: 0.01, max: 36500, step: "any", value: camera.retention_days ?? "", placeholder: "for ever" });
  const { close } = openDialog(`Camera ${camera.name}`, h("div", null,
    field("Zone", zone, "The part of the place that it watches; searches can be limited to it."),
    field("Keep what it saw for (days)", days, "What is older is removed daily, for good. Empty: it is kept."),
    h("footer", null, h("button", { type: "button", onclick: () => close() }, "Cancel"), action("Save", async () => {
      await ask("PUT", `/cameras/${encodeURIComponent(camera.name)}`, { json: { zone: zone.value, retention_days: days.value === "" ? null : Number(days.value) } });
      close();
      toast(`Camera ${camera.name} changed.`);
      done();
    }, { class: "main" }))));
}
