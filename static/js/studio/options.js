// Options of a choice and rows of a matrix. Enter goes on to the next one, or adds it;
// several lines that are pasted become several parts.
import { at } from "./changes.js";
import { draft } from "./draft.js";
import { editing } from "./editing.js";
import { choice, tick } from "./fields.js";
import { newId } from "./ids.js";
import { addPart, parts } from "./parts.js";
import { text } from "./texts.js";
import { say } from "./words.js";

const KINDS = ["option", "other", "none"];

export function options(path) {
  return parts(path, {
    isDense: true, label: say("options"), addLabel: say("add_option"), numbered: say("option"),
    make: () => blank("option"),
    fieldsOf: (option, own, name) => [
      words(path, own, name, "option"),
      choice([...own, "kind"], say("kind_of", { what: name }), KINDS.map((kind) => [kind, say(`option_${kind}`)])),
      at(draft.document, [...path.slice(0, -1), "order"]) === "random" && tick([...own, "is_fixed"], say("is_fixed")),
    ].filter(Boolean),
  });
}

export function rows(path) {
  return parts(path, {
    isDense: true, label: say("rows"), addLabel: say("add_row"), numbered: say("row"), least: 1,
    make: () => blank("row"),
    fieldsOf: (row, own, name) => [words(path, own, name, "row")],
  });
}

const blank = (kind) => ({ ...structuredClone(draft.blanks.parts[kind]), id: newId("o") });

function words(path, own, name, kind) {
  const field = text([...own, "text"], name, { id: `f-${own.join("-")}` });
  const input = field.querySelector("input");
  const next = () => at(draft.document, path).findIndex(({ id }) => id === own.at(-1)) + 1;
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
    event.preventDefault();
    const following = at(draft.document, path)[next()];
    if (following && !following.text[editing.language]) document.getElementById(`f-${[...path, following.id].join("-")}`).focus();
    else addPart(path, blank(kind), next(), say(`add_${kind}`));
  });
  input.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    const news = lines.map((line) => ({ ...blank(kind), text: { [editing.language]: line } }));
    draft.change(news.map((value, place) => ({ op: "add", path, at: next() + place, value })), { label: say(`add_${kind}`) });
  });
  return field;
}
