// What elements and pages are called in lists and in what is said.
import { placeOf } from "./changes.js";
import { draft } from "./draft.js";
import { wordsOf } from "./editing.js";
import { newId } from "./ids.js";
import { say } from "./words.js";

export const pagesOf = () => draft.document.pages;

export function nameOf(element) {
  return wordsOf(element.text) || say(`type_${element.type}`);
}

export function nameOfPage(page) {
  const number = placeOf(pagesOf(), page.id) + 1;
  const title = wordsOf(page.title);
  return title ? `${number} · ${title}` : say("page_number", { number });
}

// A copy with ids of its own: answers to it are not answers to the original.
export function renamed(element, prefix) {
  const parts = ["options", "rows", "wordings"].filter((name) => element[name]?.length);
  const news = parts.map((name) => [name, element[name].map((part) => ({ ...part, id: newId("o") }))]);
  return { ...element, ...Object.fromEntries(news), id: newId(prefix) };
}
