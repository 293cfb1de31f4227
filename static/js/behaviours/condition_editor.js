// mountConditionEditor(node, { value, fields, words, onChange }): edits one condition in
// `node`. `fields` is a list of {key, label, kind, choices: [[id, label, said]], group}; `words`
// come from customers/condition_words.py. onChange(document) hears each change that
// makes sense; {} is the condition that everything meets. Gives { setFields }.
import { sentenceOf } from "./condition_sentence.js";
import { startingTest, testRow } from "./condition_test.js";
import { isGroup, readCondition, writeCondition } from "./condition_tree.js";
import { element, select } from "./condition_value.js";

const DEEPEST = 6;

export function mountConditionEditor(node, { value, fields, words, onChange }) {
  const editor = new ConditionEditor(node, { value, fields, words, onChange });
  editor.draw();
  return { setFields: (offered) => editor.setFields(offered) };
}

class ConditionEditor {
  constructor(node, { value, fields, words, onChange }) {
    Object.assign(this, { node, fields, words, onChange });
    this.root = readCondition(value);
    this.written = JSON.stringify(writeCondition(this.root));
    this.sentence = element("p", { class: "condition-sentence", "aria-live": "polite" });
  }

  setFields(fields) {
    if (JSON.stringify(fields) === JSON.stringify(this.fields)) return;
    this.fields = fields;
    if (!this.node.contains(document.activeElement)) this.draw();
  }

  draw(focused) {
    const isEmpty = !this.fields.length && !this.root.parts.length;
    this.node.classList.add("condition");
    this.node.replaceChildren(this.sentence, isEmpty ? this.nothing() : this.group(this.root, 1));
    this.say();
    if (focused) this.node.querySelector(`[data-part="${focused}"] select, [data-part="${focused}"] button`)?.focus();
  }

  nothing() {
    return element("p", { class: "text-secondary" }, this.words.nothing_to_ask);
  }

  say() {
    this.sentence.textContent = sentenceOf(writeCondition(this.root), this.fields, this.words);
  }

  changed() {
    const condition = writeCondition(this.root);
    const written = JSON.stringify(condition);
    this.say();
    if (written === this.written) return;
    this.written = written;
    this.onChange(condition);
  }

  /** Draws anew and puts the focus where the person goes on. */
  redraw(focused) {
    this.draw(focused);
    this.changed();
  }

  group(group, depth, path = "0", number = 0) {
    const { words } = this;
    const label = number ? numbered(words.inner_group, number) : words.join;
    const box = element("div", { class: "condition-group", role: "group", "aria-label": label, "data-part": path });
    const isWorthJoining = group.parts.length > 1 || group.join !== "all" || depth > 1;
    if (isWorthJoining) {
      box.append(select(words.join, Object.entries(words.joins), group.join, (join) => {
        group.join = join;
        this.changed();
      }));
    }
    const list = element("ol", { class: "condition-parts" });
    group.parts.forEach((part, place) => list.append(this.part(group, part, place, depth, `${path}-${place}`)));
    box.append(list, this.acts(group, depth, path));
    return box;
  }

  part(group, part, place, depth, path) {
    const { words } = this;
    const isInner = isGroup(part);
    const name = numbered(isInner ? words.remove_group : words.remove, place + 1);
    const remove = element("button", { type: "button", class: "btn btn-icon condition-remove", "aria-label": name, title: name }, "×");
    remove.addEventListener("click", () => {
      group.parts.splice(place, 1);
      this.redraw(`${path.slice(0, path.lastIndexOf("-"))}`);
    });
    const body = isInner ? this.group(part, depth + 1, path, place + 1) : this.test(part, place, path);
    return element("li", { class: isInner ? "condition-inner" : "condition-row" }, body, remove);
  }

  test(test, place, path) {
    const label = numbered(this.words.condition, place + 1);
    const { fields, words } = this;
    return testRow(test, { label, path, fields, words, onChange: () => this.changed() });
  }

  acts(group, depth, path) {
    const add = (label, made) => {
      const button = element("button", { type: "button", class: "btn btn-sm" }, label);
      button.addEventListener("click", () => {
        group.parts.push(made());
        this.redraw(`${path}-${group.parts.length - 1}`);
      });
      return button;
    };
    const test = () => startingTest(this.fields, this.words);
    const box = element("div", { class: "condition-acts" });
    if (this.fields.length) box.append(add(this.words.add, test));
    if (this.fields.length && group.parts.length && depth < DEEPEST) {
      box.append(add(this.words.add_group, () => ({ join: "any", parts: [test()] })));
    }
    return box;
  }
}

const numbered = (template, number) => template.replace("%(number)s", number);
