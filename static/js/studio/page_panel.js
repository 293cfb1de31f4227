// A page: its title, the order of its questions, when it is asked, where it leads.
import { openAdder } from "./adder.js";
import { at } from "./changes.js";
import { condition, isEmpty } from "./conditions.js";
import { draft } from "./draft.js";
import { wordsOf } from "./editing.js";
import { button, choice, more } from "./fields.js";
import { h } from "./dom.js";
import { nameOfPage } from "./names.js";
import { addPage, duplicatePage, removePage, shiftPage } from "./page_acts.js";
import { parts } from "./parts.js";
import { text } from "./texts.js";
import { say } from "./words.js";

export function pagePanel(id) {
  const path = ["pages", id];
  const page = at(draft.document, path);
  return {
    heading: nameOfPage(page),
    acts: [
      button("↑", () => shiftPage(id, -1), { label: say("move_up"), id: "page-up" }),
      button("↓", () => shiftPage(id, 1), { label: say("move_down"), id: "page-down" }),
      button(say("duplicate"), () => duplicatePage(id), { id: "page-duplicate" }),
      button(say("delete"), () => removePage(id), { id: "page-delete", disabled: draft.document.pages.length === 1 }),
    ],
    body: [
      text([...path, "title"], say("page_title")),
      page.elements.length ? null : h("p", { class: "text-secondary" }, say("empty_page")),
      h("div", { class: "form-acts studio-field" },
        button(say("add_question"), openAdder, { id: "panel-add-question" }),
        button(say("add_page"), addPage, { id: "panel-add-page" })),
      choice([...path, "order"], say("page_order"), ["fixed", "random"].map((one) => [one, say(`order_${one}`)])),
      more(say("page_shown_if"), !isEmpty([...path, "shown_if"]), `${id}-if`, () => condition([...path, "shown_if"], say("page_shown_if_label"))),
      more(say("branches"), page.branches.length > 0, `${id}-branches`, () => branches(path)),
    ],
  };
}

function branches(path) {
  return parts([...path, "branches"], {
    label: say("branches_label"), addLabel: say("add_branch"), numbered: say("branch"),
    make: () => ({ ...structuredClone(draft.blanks.parts.branch), to: targets(path[1])[0][0] }),
    fieldsOf: (branch, own, name) => [
      condition([...own, "when"], say("when_of", { what: name })),
      choice([...own, "to"], say("leads_to"), withOwn(targets(path[1]), branch.to)),
    ],
  });
}

// Forwards only: a way that turns round would have no end.
function targets(pageId) {
  const { pages } = draft.document;
  const later = pages.slice(pages.findIndex(({ id }) => id === pageId) + 1);
  return [...endingChoices().map(([id, name]) => [`ending:${id}`, name]), ...later.map((page) => [page.id, nameOfPage(page)])];
}

export function endingChoices() {
  return draft.document.endings.map((ending) => [ending.id, say("ending_named", { name: nameOfEnding(ending) })]);
}

export function nameOfEnding(ending) {
  if (ending.group) return say(`group_${ending.group}`);
  return wordsOf(ending.title) || wordsOf(ending.text) || ending.id;
}

// What is chosen stays to be seen, also where it is no longer offered.
export function withOwn(choices, own) {
  return choices.some(([key]) => key === own) ? choices : [...choices, [own, say("gone", { what: own })]];
}
