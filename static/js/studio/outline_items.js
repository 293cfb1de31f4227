// The lines of the outline: each is made once and told what it says now.
import { h } from "./dom.js";
import { places } from "./places.js";

const kept = new Map();

// A line for a page, an element, an ending …; `id` is "" where there is only one.
export function item(kind, id, name, note = "") {
  const key = `${kind}-${id}`;
  if (!kept.has(key)) kept.set(key, made(kind, id));
  const { row, button, words, aside } = kept.get(key);
  if (words.textContent !== name) words.textContent = name;
  if (aside.textContent !== note) aside.textContent = note;
  const isCurrent = places.isOpen(kind, id);
  if (button.hasAttribute("aria-current") !== isCurrent) {
    isCurrent ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current");
  }
  return row;
}

function made(kind, id) {
  const words = h("span", { class: "outline-name" });
  const aside = h("small", { class: "outline-note" });
  const open = () => places.to(kind, id, kind === "page" ? "" : "heading");
  const button = h("button", { class: "outline-item", type: "button", id: `o-${kind}-${id}`, "data-place": kind, "data-place-id": id, onclick: open }, words, aside);
  const isMovable = kind === "page" || kind === "element";
  const grip = isMovable && h("span", { class: "grip", "aria-hidden": "true" }, "⠿");
  const row = h(kind === "page" ? "div" : "li", { class: "outline-row", "data-id": kind === "element" && id }, grip, button);
  return { row, button, words, aside };
}
