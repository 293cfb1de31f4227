// What a text can take up: earlier answers, variables, hidden fields, the customer.
import { draft } from "./draft.js";
import { wordsOf } from "./editing.js";
import { say } from "./words.js";

const SILENT = ["statement", "file", "matrix", "consent", "contact_request"];

export function pipes(before) {
  const { pages, variables, hidden_fields: hidden } = draft.document;
  const all = pages.flatMap((page) => page.elements);
  const place = all.findIndex((element) => element.id === before);
  const earlier = place < 0 ? all : all.slice(0, place);
  return [
    ...earlier.filter(({ type }) => !SILENT.includes(type)).map((element) => [element.id, short(wordsOf(element.text) || element.id)]),
    ...variables.map(({ id }) => [`var.${id}`, say("variable_named", { name: id })]),
    ...hidden.map(({ id }) => [`hidden.${id}`, say("hidden_named", { name: id })]),
    ["customer.name", say("customer_name")],
    ["promise", say("promise")],
  ];
}

export function short(words, longest = 40) {
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
}
