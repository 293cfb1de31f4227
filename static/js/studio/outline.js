// <nav data-outline>: all pages, the elements of the open one, endings and the rest.
import { openAdder } from "./adder.js";
import { arrange } from "./arranging.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { editing } from "./editing.js";
import { moveElement } from "./element_acts.js";
import { addEnding } from "./ending_panel.js";
import { button } from "./fields.js";
import { nameOf, nameOfPage } from "./names.js";
import { item } from "./outline_items.js";
import { addPage, movePage } from "./page_acts.js";
import { nameOfEnding } from "./page_panel.js";
import { places } from "./places.js";
import { sortable } from "./sorting.js";
import { say } from "./words.js";

const outline = document.querySelector("[data-outline]");
const pages = h("ol", { class: "outline-pages" });
const endings = h("ul");
const whole = h("ul");
const lists = new Map();
const adder = button(say("add_question"), openAdder, { id: "outline-add-question" });
let isAsked = false;

function elementsOf(page) {
  if (!lists.has(page.id)) {
    const list = h("ol", { class: "outline-elements", "data-list": page.id });
    const entry = { list, row: h("li", { class: "outline-page", "data-id": page.id }) };
    sortable(list, { group: "elements", onMove: (id, from, at, to) => moveElement(id, to.dataset.list, placeIn(to.dataset.list, at)) });
    lists.set(page.id, entry);
  }
  return lists.get(page.id);
}

function pageItem(page) {
  const isOpen = page.id === places.page;
  const { list, row } = elementsOf(page);
  arrange(list, isOpen ? page.elements.map(elementItem) : []);
  const count = isOpen ? "" : say("question_count", { count: page.elements.length });
  arrange(row, [item("page", page.id, nameOfPage(page), count), list, ...(isOpen ? [adder] : [])]);
  return row;
}

// A page that is closed shows no elements: what is dropped on it goes to its end.
function placeIn(pageId, at) {
  return pageId === places.page ? at : draft.document.pages.find(({ id }) => id === pageId).elements.length;
}

function elementItem(element) {
  const isConditional = Object.keys(element.shown_if).length > 0;
  const type = say(`type_${element.type}`);
  return item("element", element.id, nameOf(element), isConditional ? say("conditional", { type }) : type);
}

function draw() {
  isAsked = false;
  places.settle();
  arrange(pages, draft.document.pages.map(pageItem));
  arrange(endings, draft.document.endings.map((ending) => item("ending", ending.id, nameOfEnding(ending))));
  arrange(whole, ["settings", "quotas", "data"].map((kind) => item(kind, "", say(kind))));
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
  sortable(pages, { group: "pages", onMove: (id, from, at) => movePage(id, at) });
  outline.append(
    h("h2", {}, say("pages")), pages, button(say("add_page"), addPage, { id: "outline-add-page" }),
    h("h2", {}, say("endings")), endings, button(say("add_ending"), addEnding, { id: "outline-add-ending" }),
    h("h2", {}, say("whole")), whole);
  for (const source of [draft, editing, places]) source.addEventListener("change", ask);
  places.addEventListener("change", ({ detail }) => detail.focus === "outline" && queueMicrotask(focusOutline));
  draw();
}
