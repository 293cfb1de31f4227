// <figure class="figure" data-figure="id">…</figure> of `dashboards/_figure.html` is drawn
// from the JSON in <script type="application/json" id="id">: {kind, …}. By kind:
//   line       labels, series [{name, values, low?, high?, low_base?}], marks? [{at, label}], unit, fromZero?
//   bars       labels, series [as above], unit, horizontal?
//   waterfall  labels, values, unit; first and last are totals, the others steps
//   heatmap    x, y, values [[x index, y index, value]], unit
//   scatter    points [{x, y, name, url?, words}], x_label, y_label, x_split, y_split, x_unit?, y_unit?
//   funnel     labels, values, unit, words? (instead of the values)
// `unit` stands behind numbers: "points" (signed), "percent" or "%", "answers" … (nothing), else
// as it is; `digits` after the point (points, percent: 0; else up to 1). null is a gap; nothing
// is calculated here. A tooltip is the table's row, where the table has one for each label.
// Without JavaScript the table stands alone. Tooltips are drawn: HTML ones need inline styles,
// which the content security policy forbids. Styles set by script are allowed.
import { bars } from "../figures/bars.js";
import { funnel } from "../figures/funnel.js";
import { heatmap } from "../figures/heatmap.js";
import { line } from "../figures/line.js";
import { lookOf } from "../figures/look.js";
import { scatter } from "../figures/scatter.js";
import { waterfall } from "../figures/waterfall.js";

const KINDS = { line, bars, waterfall, heatmap, scatter, funnel };
const ROW = 34; // px of height a lying bar needs
const drawn = new Map();

function attach(figure) {
  const place = figure.querySelector(".figure-drawing");
  if (!place || drawn.has(place)) return;
  try {
    const said = JSON.parse(document.getElementById(figure.dataset.figure).textContent);
    place.hidden = false;
    const rows = rowsOf(said);
    if (rows) place.style.setProperty("--figure-rows", `${rows * ROW + 56}px`);
    const chart = globalThis.echarts.init(place, null, { renderer: "svg" });
    drawn.set(place, { chart, said, figure });
    chart.on("click", ({ data }) => { if (data?.url) location.assign(data.url); });
    draw(place);
    new ResizeObserver((_, watching) => resized(place, watching)).observe(place);
  } catch (problem) {
    failed(figure, place);
    console.error(problem);
  }
}

function draw(place) {
  const { chart, said, figure } = drawn.get(place);
  const option = KINDS[said.kind](said, lookOf(place));
  const table = [...figure.querySelectorAll("tbody tr")];
  if (option.tooltip.trigger === "axis" && table.length === said.labels.length) {
    option.tooltip.formatter = ([{ dataIndex }]) => wordsOf(figure, table[dataIndex]);
  }
  chart.setOption(option, { notMerge: true });
  const svg = place.querySelector("svg");
  svg?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`); // so that paper can scale it
}

function wordsOf(figure, row) {
  const [label, ...cells] = [...row.cells].map((cell) => cell.textContent.trim());
  const heads = [...figure.querySelectorAll("thead th")].slice(1).map((head) => head.textContent.trim());
  return [label, ...cells.map((words, at) => (words ? `${heads[at]}: ${words}` : "")).filter(Boolean)].join("\n");
}

const rowsOf = ({ kind, labels, y, horizontal }) => ({
  waterfall: labels?.length, funnel: labels?.length, heatmap: y?.length, bars: horizontal ? labels?.length : 0,
}[kind]);

function resized(place, watching) {
  const { chart } = drawn.get(place) ?? {};
  if (!chart) return;
  if (!place.isConnected) { watching.disconnect(); chart.dispose(); drawn.delete(place); return; }
  if (!place.clientWidth || (chart.getWidth() === place.clientWidth && chart.getHeight() === place.clientHeight)) return;
  chart.resize();
  draw(place);
}

function failed(figure, place) {
  drawn.get(place)?.chart.dispose();
  drawn.set(place, null); // tried
  place.hidden = true;
  figure.querySelector(".figure-failed")?.removeAttribute("hidden");
  figure.querySelector("details")?.setAttribute("open", "");
}

const attachAll = (part) => part.querySelectorAll("[data-figure]").forEach(attach);
const shown = () => [...drawn].filter(([place, what]) => what && place.isConnected);
const redraw = () => shown().forEach(([place]) => draw(place));

const root = document.documentElement;
attachAll(document);
document.addEventListener("htmx:afterSettle", () => attachAll(document));
new MutationObserver(redraw).observe(root, { attributeFilter: ["data-bs-theme", "lang"] });
// Paper is light.
let theme;
addEventListener("beforeprint", () => { theme = root.dataset.bsTheme; root.dataset.bsTheme = "light"; redraw(); });
addEventListener("afterprint", () => { if (theme) root.dataset.bsTheme = theme; else delete root.dataset.bsTheme; redraw(); });
