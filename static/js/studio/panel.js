// <section data-panel>: what is open, drawn anew when it changes.
import { dataPanel, quotasPanel } from "./data_panels.js";
import { h, refill } from "./dom.js";
import { draft } from "./draft.js";
import { editing } from "./editing.js";
import { elementPanel } from "./element_panel.js";
import { endingPanel } from "./ending_panel.js";
import { pagePanel } from "./page_panel.js";
import { places } from "./places.js";
import { settingsPanel } from "./settings_panel.js";

const PANELS = {
  page: pagePanel, element: elementPanel, ending: endingPanel,
  quotas: quotasPanel, data: dataPanel, settings: settingsPanel,
};
const panel = document.querySelector("[data-panel]");

function draw(focus = "") {
  places.settle();
  const { kind, id } = places.open;
  const { heading, acts, body } = PANELS[kind](id);
  refill(panel,
    h("header", { class: "studio-panel-head" },
      h("h2", { id: "panel-heading", tabindex: "-1" }, heading),
      acts.length ? h("div", { class: "studio-acts" }, acts) : null),
    h("div", { class: "studio-panel-body" }, body));
  if (focus === "text") panel.querySelector("textarea, input")?.focus();
  if (focus === "heading") panel.querySelector("h2").focus();
  if (focus === "text" || focus === "heading") panel.scrollIntoView({ block: "nearest" });
}

export function startPanel() {
  draft.addEventListener("change", ({ detail }) => detail.quiet || draw());
  editing.addEventListener("change", () => draw());
  places.addEventListener("change", ({ detail }) => draw(detail.focus));
  draw();
}
