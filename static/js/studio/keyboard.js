// Keys for what buttons do. Single letters count in the outline alone, where nobody types.
import { openAdder } from "./adder.js";
import { redo, undo } from "./bar.js";
import { duplicateElement, removeElement, shiftElement } from "./element_acts.js";
import { focusOutline } from "./outline.js";
import { addPage, duplicatePage, removePage, shiftPage } from "./page_acts.js";
import { places } from "./places.js";

const outline = document.querySelector("[data-outline]");
const panel = document.querySelector("[data-panel]");
const help = document.querySelector("[data-shortcut-list]");

const onOpen = (ofElement, ofPage) => (...more) => {
  const { kind, id } = places.open;
  if (kind === "element") ofElement(id, ...more);
  if (kind === "page") ofPage(id, ...more);
};
const shift = onOpen(shiftElement, shiftPage);

const ANYWHERE = {
  "Ctrl+z": undo,
  "Ctrl+Shift+z": redo,
  "Ctrl+y": redo,
  "Ctrl+Enter": openAdder,
  "Alt+ArrowUp": () => shift(-1),
  "Alt+ArrowDown": () => shift(1),
  F6: () => (panel.contains(document.activeElement) ? focusOutline() : panel.querySelector("h2").focus()),
};
const IN_OUTLINE = {
  ArrowUp: () => step(-1),
  ArrowDown: () => step(1),
  n: openAdder,
  p: addPage,
  d: onOpen(duplicateElement, duplicatePage),
  Delete: onOpen(removeElement, removePage),
};

// Delete and duplicate mean what has the focus, which then is what is open.
function openFocused() {
  const { place, placeId } = document.activeElement.dataset;
  if (place && !places.isOpen(place, placeId)) places.to(place, placeId);
}

function step(by) {
  const items = [...outline.querySelectorAll("[data-place]")];
  items[items.indexOf(document.activeElement) + by]?.focus();
}

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const holds = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && key !== "?" && "Shift"];
  return [...holds.filter(Boolean), key].join("+");
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    const isOnItem = document.activeElement.matches("[data-place]") && outline.contains(document.activeElement);
    const isTyping = document.activeElement.matches("input, textarea, select");
    if (isOnItem && (name === "d" || name === "Delete" || name.startsWith("Alt+"))) openFocused();
    const act = ANYWHERE[name] ?? (isOnItem && IN_OUTLINE[name]) ?? null;
    const isHelp = name === "?" && !isTyping;
    if (!act && !isHelp) return;
    event.preventDefault();
    isHelp ? help.showModal() : act();
  });
  document.querySelector("[data-shortcuts]").addEventListener("click", () => help.showModal());
}
