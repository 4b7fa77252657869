import { ask } from "../core/api.js";
import { called, seenAt } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { say } from "../core/say.js";
import { failed, loading } from "../core/state.js";
import { crop } from "../parts/crop.js";
import { filmstrip } from "../parts/filmstrip.js";
import { upload } from "./run.js";
import { look, state } from "./state.js";

/** Who is looked for: a picture, in which somebody can be chosen, a tracklet, or a person. */

const KINDS = "image/jpeg,image/png,image/webp,image/bmp";
const CROP = 1.6; // a picture this much higher than wide is taken for one person

/**
 * @param {() => void} changed called when somebody is to be searched for
 * @returns {{element: HTMLElement, take: (file: Blob) => void, choose: () => void, show: () => void}}
 */
export function queryPanel(changed) {
  const input = h("input.unseen", {
    type: "file", accept: KINDS, id: "file", tabindex: "-1", "aria-label": "Picture to search with",
    onchange: () => { if (input.files?.[0]) take(input.files[0]); input.value = ""; },
  });
  const choose = () => input.click();
  const element = h("section.query.card", { "aria-label": "Who is looked for" });

  function show() {
    const query = state.query;
    element.classList.toggle("bare", !query);
    if (!query) fill(element, dropZone(choose), input);
    else if (query.kind === "picture") fill(element, picture(query), other(), input);
    else if (query.kind === "tracklet") fill(element, h("h2", null, "Like this tracklet"), filmstrip(query.tracklet),
      h("p.note", null, `Camera ${query.tracklet.camera} · ${seenAt(query.tracklet)}`), other(), input);
    else fill(element, h("h2", null, `More of ${called(query.person)}`),
      query.person.cover && crop(query.person.cover, ""),
      h("p", null, h("a", { href: `#/people/${encodeURIComponent(query.person.id)}` }, "Timeline")), other(), input);
  }

  const other = () => h("p.row", null,
    h("button", { type: "button", id: "choose", onclick: choose }, "Another picture"),
    h("button.quiet", { type: "button", onclick: () => { look(null); show(); changed(); } }, "Start over"));

  function take(file) {
    if (file.type && !file.type.startsWith("image/")) {
      say("That is not a picture");
      fill(element, failed(new Error("That is not a picture. Take a JPEG, PNG or WebP file"), show), input);
      return;
    }
    const query = { kind: /** @type {const} */ ("picture"), file, url: URL.createObjectURL(file), box: null, found: null };
    look(query);
    show();
    changed(); // what was found before goes
    detect(query);
  }

  async function detect(query) {
    try {
      query.found = await ask("POST", "/detect", { form: upload(query.file, null) });
    } catch (error) {
      if (state.query !== query) return;
      look(null);
      fill(element, failed(error, show), input);
      changed();
      return;
    }
    if (state.query !== query) return;
    const { boxes, width, height } = query.found;
    show();
    if (boxes.length > 1) say(`${boxes.length} people are in this picture; choose one`);
    else pick(query, boxes.length === 1 && height < CROP * width ? boxes[0].box : null);
  }

  function pick(query, box) {
    const keep = { found: query.found, file: query.file, url: query.url, kind: query.kind };
    look({ ...keep, box });
    state.query.chosen = true;
    show();
    changed();
    element.querySelector("[aria-pressed=true]")?.focus();
  }

  function picture(query) {
    const image = h("img", { src: query.url, alt: "The picture to search with" });
    const stage = h("div.stage", null, image);
    const { boxes = [], width = 1, height = 1 } = query.found ?? {};
    const inOrder = [...boxes].sort((a, b) => a.box[0] - b.box[0]);
    stage.append(...inOrder.map(({ box }, place) => {
      const [left, top, right, bottom] = box;
      const chosen = query.box !== null && box.every((value, at) => value === query.box[at]);
      return h("button.person", {
        type: "button", "aria-pressed": String(chosen), "aria-label": `Person ${place + 1} of ${boxes.length}`,
        style: {
          left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`, width: `${(100 * (right - left)) / width}%`,
          height: `${(100 * (bottom - top)) / height}%`,
          "z-index": Math.round(1e4 * (1 - ((right - left) * (bottom - top)) / (width * height))), // the smallest on top
        },
        onclick: () => pick(query, box),
      });
    }));
    return [
      stage,
      !query.found ? loading("Looking for people …")
        : h("p.note", null, boxes.length > 1 && !query.chosen ? h("b", null, "Click the person you are looking for.") : boxes.length
          ? "Click somebody else to search for them instead." : "Nobody was detected, so the whole picture is searched for."),
      query.found && boxes.length > 0 && h("p", null, h("button", {
        type: "button", "aria-pressed": String(Boolean(query.chosen) && query.box === null), onclick: () => pick(query, null),
      }, "Use the whole picture")),
    ];
  }
  return { element, take, choose, show };
}

function dropZone(choose) {
  return h("div.drop", null,
    h("p.drop-title", null, "Who are you looking for?"),
    h("p", null, "Drop a picture here, paste one, or"),
    h("button.main", { type: "button", id: "choose", onclick: choose }, "Choose a picture"),
    h("p.note", null, "A photograph or a frame of a video; you can click a person in it. The picture is not kept."));
}
