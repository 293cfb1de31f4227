// <nav data-outline>: all pages, the elements of the open one, endings and the rest.
import { openAdder } from "./adder.js";
import { h, refill } from "./dom.js";
import { draft } from "./draft.js";
import { editing } from "./editing.js";
import { moveElement } from "./element_acts.js";
import { addEnding } from "./ending_panel.js";
import { button } from "./fields.js";
import { nameOf, nameOfPage } from "./names.js";
import { addPage, movePage } from "./page_acts.js";
import { nameOfEnding } from "./page_panel.js";
import { places } from "./places.js";
import { sortable } from "./sorting.js";
import { say } from "./words.js";

const outline = document.querySelector("[data-outline]");
let isAsked = false;

function item(kind, id, name, note = "") {
  const current = places.isOpen(kind, id) ? "true" : null;
  return h("button", { class: "outline-item", type: "button", id: `o-${kind}-${id}`, "aria-current": current, "data-place": kind, "data-place-id": id, onclick: () => places.to(kind, id, kind === "page" ? "" : "heading") },
    h("span", { class: "outline-name" }, name), note && h("small", { class: "outline-note" }, note));
}

const grip = () => h("span", { class: "grip", "aria-hidden": "true" }, "⠿");

function pageItem(page) {
  const isOpen = page.id === places.page;
  const count = say("question_count", { count: page.elements.length });
  const elements = h("ol", { class: "outline-elements", "data-list": page.id }, isOpen ? page.elements.map(elementItem) : []);
  sortable(elements, { group: "elements", onMove: (id, from, at, to) => moveElement(id, to.dataset.list, placeIn(to.dataset.list, at)) });
  return h("li", { class: "outline-page", "data-id": page.id },
    h("div", { class: "outline-row" }, grip(), item("page", page.id, nameOfPage(page), isOpen ? "" : count)),
    elements,
    isOpen && button(say("add_question"), openAdder, { id: "outline-add-question", "data-add-question": "" }));
}

// A page that is closed shows no elements: what is dropped on it goes to its end.
function placeIn(pageId, at) {
  return pageId === places.page ? at : draft.document.pages.find(({ id }) => id === pageId).elements.length;
}

function elementItem(element) {
  return h("li", { class: "outline-row", "data-id": element.id }, grip(), item("element", element.id, nameOf(element), say(`type_${element.type}`)));
}

function draw() {
  isAsked = false;
  places.settle();
  const pages = h("ol", { class: "outline-pages" }, draft.document.pages.map(pageItem));
  sortable(pages, { group: "pages", onMove: (id, from, at) => movePage(id, at) });
  refill(outline,
    h("h2", {}, say("pages")), pages, button(say("add_page"), addPage, { id: "outline-add-page" }),
    h("h2", {}, say("endings")),
    h("ul", {}, draft.document.endings.map((ending) => h("li", {}, item("ending", ending.id, nameOfEnding(ending))))),
    button(say("add_ending"), addEnding, { id: "outline-add-ending" }),
    h("h2", {}, say("whole")),
    h("ul", {}, ["settings", "quotas", "data"].map((kind) => h("li", {}, item(kind, "", say(kind))))));
}

// However much changes at once, it is drawn once, before the next paint.
function ask() {
  if (!isAsked) queueMicrotask(draw);
  isAsked = true;
}

export function focusOutline() {
  outline.querySelector("[aria-current]")?.focus();
}

export function startOutline() {
  draft.addEventListener("change", ask);
  editing.addEventListener("change", ask);
  places.addEventListener("change", ({ detail }) => {
    ask();
    if (detail.focus === "outline") queueMicrotask(focusOutline);
  });
  draw();
}
