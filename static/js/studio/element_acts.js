// What can be done with elements: each act is one step of the history.
import { announce } from "./announce.js";
import { placeOf } from "./changes.js";
import { draft } from "./draft.js";
import { nameOf, nameOfPage, pagesOf, renamed } from "./names.js";
import { elementOf, pageOf, pathOf, places } from "./places.js";
import { say } from "./words.js";

export function addElement(type) {
  const element = renamed(structuredClone(draft.blanks.elements[type]), "q");
  insert(element, "added");
}

export function duplicateElement(id) {
  // A metric is asked once in a survey.
  if (["nps", "csat", "ces"].includes(elementOf(id).type)) return announce(say("asked_already"));
  return insert(renamed(structuredClone(elementOf(id)), "q"), "duplicated", id);
}

function insert(element, done, after = places.open.id) {
  const page = pagesOf().find((one) => one.id === places.page);
  const place = placeOf(page.elements, after);
  const at = place < 0 ? page.elements.length : place + 1;
  const label = say(done, { what: nameOf(element) });
  draft.change([{ op: "add", path: ["pages", page.id, "elements"], at, value: element }], { label, quiet: true });
  places.to("element", element.id, "text");
  announce(label);
}

export function removeElement(id) {
  const page = pageOf(id);
  const place = placeOf(page.elements, id);
  const next = page.elements[place + 1] ?? page.elements[place - 1];
  const label = say("removed", { what: nameOf(elementOf(id)) });
  draft.change([{ op: "remove", path: pathOf(id) }], { label, quiet: true });
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
  draft.change([{ op: "move", path: pathOf(id), to, at }], { label, quiet: true });
  places.to(places.open.kind, places.open.id);
  announce(`${label} ${say("now_at", { place: at + 1, count: page.elements.length, page: nameOfPage(page) })}`);
}
