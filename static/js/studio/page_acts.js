// What can be done with pages: each act is one step of the history.
import { announce } from "./announce.js";
import { placeOf } from "./changes.js";
import { draft } from "./draft.js";
import { newId } from "./ids.js";
import { nameOfPage, pagesOf, renamed } from "./names.js";
import { places } from "./places.js";
import { say } from "./words.js";

export function addPage() {
  const page = { ...structuredClone(draft.blanks.parts.page), id: newId("p") };
  insertPage(page, "added_page");
}

export function duplicatePage(id) {
  const page = structuredClone(pagesOf().find((one) => one.id === id));
  page.id = newId("p");
  // A metric is asked once in a survey: the copy goes without.
  page.elements = page.elements
    .filter(({ type }) => !["nps", "csat", "ces"].includes(type))
    .map((element) => renamed(element, "q"));
  insertPage(page, "duplicated_page");
}

function insertPage(page, done) {
  const at = placeOf(pagesOf(), places.page) + 1;
  draft.change([{ op: "add", path: ["pages"], at, value: page }], { label: say(done), quiet: true });
  places.to("page", page.id, "text");
  announce(say(done));
}

export function removePage(id) {
  if (pagesOf().length === 1) return announce(say("last_page"));
  const place = placeOf(pagesOf(), id);
  const label = say("removed", { what: nameOfPage(pagesOf()[place]) });
  draft.change([{ op: "remove", path: ["pages", id] }], { label, quiet: true });
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
