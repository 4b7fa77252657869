import { get, post } from "../core/api.js";
import { counted, number } from "../core/format.js";
import { fill, h } from "../core/h.js";
import { toast } from "../core/say.js";
import { may } from "../core/session.js";
import { action, during, empty } from "../core/state.js";
import { ticked } from "../parts/field.js";
import { fresh, look, state } from "../search/state.js";
import { cameraDialog } from "./edit.js";
import { graphFigure, graphTable } from "./graph.js";
import { recordings } from "./recordings.js";

/** Cameras, and how people go between them. @type {import("../core/router.js").View} */
export function camerasView(main) {
  const list = h("div");
  const graph = h("div");
  const videos = h("div");
  const confirmed = h("input", { type: "checkbox", onchange: () => loadGraph() });

  const loadList = () => during(list, "Loading cameras …", () => get("/cameras"), ({ items }) => (items.length
    ? h("ul.camera-list", null, items.map(card)) : empty("There is no camera yet", h("p", null, "One appears with the first video that is taken in."))));

  const card = (camera) => h("li.card", null,
    h("h3", null, camera.name), camera.zone && h("span.zone", null, camera.zone),
    h("p", null, h("b", null, number(camera.tracklets)), camera.tracklets === 1 ? " tracklet" : " tracklets"),
    h("p.note", null, camera.retention_days === null ? "Kept until it is removed" : `Kept for ${counted(camera.retention_days, "day")}`),
    h("p.row", null,
      h("a.button", { href: "#/search", onclick: () => { look(state.query); state.filter = { ...fresh(), cameras: [camera.name] }; } }, "Search here", h("span.unseen", null, `, camera ${camera.name}`)),
      may("admin") && h("button", { type: "button", onclick: () => cameraDialog(camera, loadList) }, "Change …", h("span.unseen", null, ` camera ${camera.name}`))));

  const loadGraph = () => during(graph, "Drawing the graph …", () => get("/camera-graph", { confirmed: confirmed.checked }), (found) => (found.passages.length
    ? [graphFigure(found), graphTable(found.passages)]
    : empty("Nobody is known to have gone from one camera to another", h("p", null, "The graph is drawn from known people and the times of their visits."))));

  fill(main, h("div.title", null, h("h1", null, "Cameras"), h("span.spring"), may("admin") && action("Apply retention now", async () => {
    const { removed } = await post("/retention");
    toast(removed ? `${counted(removed, "tracklet")} removed.` : "Nothing was older than its camera keeps.");
    loadList();
  })), list,
  h("h2", null, "Ways between cameras"), ticked("Only what a human has confirmed", confirmed), graph,
  h("h2", null, "Recordings"), videos);
  function load() {
    loadList();
    loadGraph();
    recordings(videos, load);
  }
  load();
}
