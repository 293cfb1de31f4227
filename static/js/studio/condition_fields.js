// What conditions may ask about, of the draft as it stands: the browser's copy of
// `surveys/logic_words.py: editor_fields`.
import { draft } from "./draft.js";
import { wordsOf } from "./editing.js";
import { nameOfPage } from "./names.js";
import { short } from "./pipes.js";
import { say } from "./words.js";

const KINDS = {
  nps: "number", csat: "number", ces: "number", rating: "number", number: "number",
  single_choice: "choice", dropdown: "choice", multiple_choice: "list", ranking: "list",
  consent: "boolean", contact_request: "boolean", date: "date",
};

// At a place of the draft: what is answered only later is left out, but for what the
// condition there asks already.
export function conditionFields(path, condition) {
  const asked = JSON.stringify(condition);
  const isAsked = ({ key }) => asked.includes(`"field":"${key}"`);
  const known = new Set(elementsBefore(path).map(({ id }) => id));
  return allFields().filter((field) => field.page === null || known.has(field.key.split(".")[0]) || isAsked(field));
}

function elementsBefore([first, pageId, inner, elementId]) {
  const { pages } = draft.document;
  if (first !== "pages") return pages.flatMap((page) => page.elements);
  const number = pages.findIndex(({ id }) => id === pageId);
  const before = pages.slice(0, number).flatMap((page) => page.elements);
  if (inner === "shown_if") return before;
  const { elements } = pages[number];
  const place = inner === "elements" ? elements.findIndex(({ id }) => id === elementId) : elements.length;
  return [...before, ...elements.slice(0, place)];
}

function allFields() {
  const { pages, variables, hidden_fields: hidden } = draft.document;
  const beforehand = { choices: [], group: say("known_beforehand"), page: null };
  return [
    ...pages.flatMap((page) => page.elements.flatMap((element) => ofElement(element, page))),
    ...variables.map(({ id, kind }) => ({ ...beforehand, key: `var.${id}`, label: say("variable_named", { name: id }), kind })),
    ...hidden.map(({ id }) => ({ ...beforehand, key: `hidden.${id}`, label: say("hidden_named", { name: id }), kind: "text" })),
    ...draft.known_fields,
  ];
}

function ofElement(element, page) {
  if (element.type === "statement") return [];
  const said = say("quoted", { words: short(wordsOf(element.text) || element.id, 60) });
  const common = { choices: [], group: nameOfPage(page), page: page.id };
  if (element.type === "matrix") {
    return element.rows.map((row) => ({ ...common, ...scaleOf(element), key: `${element.id}.${row.id}`, label: `${said} – ${wordsOf(row.text)}`, kind: "number" }));
  }
  const kind = KINDS[element.type] ?? "text";
  const label = kind === "boolean" ? say("is_ticked", { question: said }) : said;
  return [{ ...common, ...scaleOf(element), key: element.id, label, kind, choices: optionsOf(element).map(choice) }];
}

// What can be answered where numbers are.
function scaleOf({ type, scale, lowest, highest }) {
  if (type === "number") return { least: lowest ?? null, most: highest ?? null };
  return scale ? { least: type === "nps" ? 0 : 1, most: scale } : {};
}

const choice = ({ id, text }) => [id, wordsOf(text) || id, say("quoted", { words: wordsOf(text) || id })];

export function optionsOf(element) {
  const all = draft.document.pages.flatMap((page) => page.elements);
  const source = element.carried && all.find(({ id }) => id === element.carried.element);
  return [...(source?.options ?? []), ...(element.options ?? [])];
}
