// What can be done with pages and elements: each act is one step of the history.
import { announce } from "./announce.js";
import { placeOf } from "./changes.js";
import { draft } from "./draft.js";
import { newId } from "./ids.js";
import { elementOf, pageOf, pathOf, places } from "./places.js";
import { say } from "./words.js";
import { wordsOf } from "./editing.js";

const clone = structuredClone;
const pagesOf = () => draft.document.pages;

export function nameOf(element) {
  return wordsOf(element.text) || say(`type_${element.type}`);
}

export function nameOfPage(page) {
  const number = placeOf(pagesOf(), page.id) + 1;
  const title = wordsOf(page.title);
  return title ? `${number} · ${title}` : say("page_number", { number });
}

export function addElement(type) {
  const element = renamed(clone(draft.blanks.elements[type]), "q");
  insert(element, "added");
}

export function duplicateElement(id) {
  insert(renamed(clone(elementOf(id)), "q"), "duplicated", id);
}

function insert(element, done, after = places.open.id) {
  const page = pagesOf().find((one) => one.id === places.page);
  const place = placeOf(page.elements, after);
  const at = place < 0 ? page.elements.length : place + 1;
  const label = say(done, { what: nameOf(element) });
  draft.change([{ op: "add", path: ["pages", page.id, "elements"], at, value: element }], { label });
  places.to("element", element.id, "text");
  announce(label);
}

export function removeElement(id) {
  const page = pageOf(id);
  const place = placeOf(page.elements, id);
  const next = page.elements[place + 1] ?? page.elements[place - 1];
  const label = say("removed", { what: nameOf(elementOf(id)) });
  draft.change([{ op: "remove", path: pathOf(id) }], { label });
  next ? places.to("element", next.id, "outline") : places.to("page", page.id, "outline");
  announce(`${label} ${say("undo_hint")}`);
}

// Up and down; from the first place of a page to the end of the one before.
export function shiftElement(id, by) {
  const page = pageOf(id);
  const target = placeOf(page.elements, id) + by;
  if (target >= 0 && target < page.elements.length) return moveElement(id, page.id, target);
  const other = pagesOf()[placeOf(pagesOf(), page.id) + by];
  if (other) return moveElement(id, other.id, by < 0 ? other.elements.length : 0);
  return announce(say("no_further"));
}

export function moveElement(id, pageId, at) {
  const page = pagesOf().find((one) => one.id === pageId);
  const label = say("moved", { what: nameOf(elementOf(id)) });
  const to = ["pages", pageId, "elements"];
  draft.change([{ op: "move", path: pathOf(id), to, at }], { label });
  if (places.isOpen("element", id)) places.to("element", id);
  announce(`${label} ${say("now_at", { place: at + 1, count: page.elements.length, page: nameOfPage(page) })}`);
}

export function addPage() {
  const page = { ...clone(draft.blanks.parts.page), id: newId("p") };
  insertPage(page, "added_page");
}

export function duplicatePage(id) {
  const page = clone(pagesOf().find((one) => one.id === id));
  page.id = newId("p");
  // A metric is asked once in a survey: the copy goes without.
  page.elements = page.elements
    .filter(({ type }) => !["nps", "csat", "ces"].includes(type))
    .map((element) => renamed(element, "q"));
  insertPage(page, "duplicated_page");
}

function insertPage(page, done) {
  const at = placeOf(pagesOf(), places.page) + 1;
  draft.change([{ op: "add", path: ["pages"], at, value: page }], { label: say(done) });
  places.to("page", page.id, "text");
  announce(say(done));
}

export function removePage(id) {
  if (pagesOf().length === 1) return announce(say("last_page"));
  const place = placeOf(pagesOf(), id);
  const label = say("removed", { what: nameOfPage(pagesOf()[place]) });
  draft.change([{ op: "remove", path: ["pages", id] }], { label });
  places.to("page", pagesOf()[Math.max(place - 1, 0)].id, "outline");
  return announce(`${label} ${say("undo_hint")}`);
}

export function shiftPage(id, by) {
  const at = placeOf(pagesOf(), id) + by;
  if (at < 0 || at >= pagesOf().length) return announce(say("no_further"));
  return movePage(id, at);
}

export function movePage(id, at) {
  draft.change([{ op: "move", path: ["pages", id], to: ["pages"], at }], { label: say("moved_page") });
  announce(`${say("moved_page")} ${say("page_now_at", { place: at + 1, count: pagesOf().length })}`);
}

function renamed(element, prefix) {
  const parts = ["options", "rows", "wordings"].filter((name) => element[name]?.length);
  const news = parts.map((name) => [name, element[name].map((part) => ({ ...part, id: newId("o") }))]);
  return { ...element, ...Object.fromEntries(news), id: newId(prefix) };
}
