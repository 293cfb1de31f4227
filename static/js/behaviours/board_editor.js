// <div class="board" data-board-editor="address" data-said="{tile}: column {x} …"> with
// <section class="grid-stack-item" gs-id gs-x gs-y gs-w gs-h>, each with [data-grip] and
// [data-step] buttons: tiles are dragged and resized, or moved by keys, and kept at once.
// Without JavaScript, and on a phone, the list below the tiles arranges them.
import { Saving } from "../boards/saving.js";
import { stepped } from "../boards/steps.js";

const board = document.querySelector("[data-board-editor]");
const STEPS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  "Shift+ArrowLeft": "narrower", "Shift+ArrowRight": "wider",
  "Shift+ArrowUp": "shorter", "Shift+ArrowDown": "taller",
};

function announce(item) {
  const { x, y, w, h } = item.gridstackNode;
  const said = { tile: item.querySelector("h2").textContent.trim(), x: x + 1, y: y + 1, width: w, height: h };
  const place = document.querySelector("[data-announce]");
  place.textContent = board.dataset.said.replace(/\{(\w+)\}/g, (_, name) => said[name]);
}

function start() {
  board.classList.add("grid-stack");
  const grid = globalThis.GridStack.init({
    column: 12, cellHeight: "5.75rem", margin: 6, float: false, maxRow: 96,
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    draggable: { handle: "[data-grip]" }, resizable: { handles: "e,se,s" },
  }, board);
  const saving = new Saving(board.dataset.boardEditor, () => grid.engine.nodes.map(({ id, x, y, w, h }) => ({ id, x, y, width: w, height: h })));
  grid.on("change", () => saving.soon());
  const act = (item, step) => {
    stepped(grid, item, step);
    announce(item);
  };
  board.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    const step = grip && STEPS[`${event.shiftKey ? "Shift+" : ""}${event.key}`];
    if (!step) return;
    event.preventDefault();
    act(grip.closest(".grid-stack-item"), step);
    grip.focus();
  });
  board.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step) act(event.target.closest(".grid-stack-item"), step);
  });
}

// Forms wait for what is still being saved: they carry the board's version.
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
  const wanted = event.key === "z" && !event.shiftKey ? "[data-undo]" : /^(y|Z)$/.test(event.key) ? "[data-redo]" : "";
  const form = wanted && document.querySelector(wanted);
  if (!form || form.querySelector("button").disabled) return;
  event.preventDefault();
  form.requestSubmit();
});

if (board && globalThis.GridStack && matchMedia("(min-width: 48rem)").matches) start();
