// A condition of the draft, in the editor that the whole product shares.
import { mountConditionEditor } from "../behaviours/condition_editor.js";
import { at } from "./changes.js";
import { conditionFields } from "./condition_fields.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { set } from "./fields.js";
import { wordsFor } from "./words.js";

export function condition(path, label) {
  const node = h("div");
  const value = at(draft.document, path) ?? {};
  mountConditionEditor(node, {
    value,
    fields: conditionFields(path, value),
    words: wordsFor("condition"),
    onChange: (value) => set(path, value, label, { quiet: true }),
  });
  return h("fieldset", { class: "studio-field studio-condition" }, h("legend", { class: "form-label" }, label), node);
}

export const isEmpty = (path) => Object.keys(at(draft.document, path) ?? {}).length === 0;
