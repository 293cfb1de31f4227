// One element: its words, what its kind has, when it is asked, other wordings, a picture.
import { at } from "./changes.js";
import { condition, isEmpty } from "./conditions.js";
import { draft } from "./draft.js";
import { duplicateElement, moveElement, removeElement, shiftElement } from "./element_acts.js";
import { button, choice, date, more, number, tick, ticks } from "./fields.js";
import { h } from "./dom.js";
import { carried, pattern } from "./extras.js";
import { newId } from "./ids.js";
import { FILE_TYPES, NEVER_REQUIRED, PROPERTIES } from "./kinds.js";
import { nameOfPage } from "./names.js";
import { options, rows } from "./options.js";
import { parts } from "./parts.js";
import { picture } from "./pictures.js";
import { elementOf, pageOf, pathOf } from "./places.js";
import { text } from "./texts.js";
import { say } from "./words.js";

export function elementPanel(id) {
  const element = elementOf(id);
  const path = pathOf(id);
  return {
    heading: say(`type_${element.type}`),
    acts: elementActs(id),
    body: [
      text([...path, "text"], say(element.type === "statement" ? "statement_text" : "question_text"), { isLong: true, isRich: true }),
      text([...path, "help"], say("help"), { isRich: false }),
      NEVER_REQUIRED.includes(element.type) ? null : tick([...path, "required"], say("required")),
      ...(PROPERTIES[element.type] ?? []).map((property) => FIELDS[property.as]([...path, property.name], property, element)),
      more(say("shown_if"), !isEmpty([...path, "shown_if"]), `${id}-if`, () => condition([...path, "shown_if"], say("shown_if_label"))),
      more(say("wordings"), element.wordings.length > 0, `${id}-ab`, () => wordings(path)),
      picture(path, element, id),
    ],
  };
}

const named = (property) => say(`property_${property.label ?? property.name}`);

const FIELDS = {
  text: (path, property) => text(path, named(property)),
  number: (path, property) => number(path, named(property), property),
  date: (path, property) => date(path, named(property)),
  choice: (path, property) => choice(path, named(property), property.choices.map((one) => [one, say(`${property.name}_${one}`)])),
  scale: (path, property, element) => scale(path, property, element),
  file_types: (path, property) => ticks(path, named(property), FILE_TYPES.map((type) => [type, say(`file_${type}`)])),
  options: (path) => options(path),
  rows: (path) => rows(path),
  carried: (path, property, element) => carried(path, element),
  pattern: (path) => pattern(path),
};

// Answers given on one scale cannot be counted on another.
function scale(path, property, element) {
  const field = choice(path, named(property), property.choices.map((one) => [one, say("scale_to", { to: one })]), { read: Number });
  if (draft.used[element.id]) {
    field.querySelector("select").disabled = true;
    field.append(h("small", { class: "form-hint" }, say("scale_is_fixed")));
  }
  return field;
}

function wordings(path) {
  return parts([...path, "wordings"], {
    label: say("wordings_label"), addLabel: say("add_wording"), numbered: say("wording"),
    make: () => ({ ...structuredClone(draft.blanks.parts.wording), id: newId("w") }),
    fieldsOf: (part, own, name) => [text([...own, "text"], name, { isLong: true })],
  });
}

function elementActs(id) {
  const { pages } = draft.document;
  const here = pageOf(id).id;
  const target = h("select", { class: "form-select form-select-sm", id: "element-page" },
    pages.map((page) => h("option", { value: page.id, selected: page.id === here }, nameOfPage(page))));
  target.addEventListener("change", () => moveElement(id, target.value, at(draft.document, ["pages", target.value]).elements.length));
  return [
    button("↑", () => shiftElement(id, -1), { label: say("move_up"), id: "element-up" }),
    button("↓", () => shiftElement(id, 1), { label: say("move_down"), id: "element-down" }),
    pages.length > 1 && h("div", { class: "studio-target" }, h("label", { class: "visually-hidden", for: target.id }, say("on_page")), target),
    button(say("duplicate"), () => duplicateElement(id), { id: "element-duplicate" }),
    button(say("delete"), () => removeElement(id), { id: "element-delete" }),
  ];
}
