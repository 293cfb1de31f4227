// Inputs bound to a path of the draft. What is typed is a change at once; numbers, dates
// and addresses when they are left, and only where they are what they have to be.
import { at } from "./changes.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { say } from "./words.js";

export const idOf = (path) => `f-${path.join("-")}`;

export function labelled(label, input, hint = "") {
  const describing = hint && h("small", { class: "form-hint", id: `${input.id}-hint` }, hint);
  if (describing) input.setAttribute("aria-describedby", describing.id);
  return h("div", { class: "studio-field" }, h("label", { class: "form-label", for: input.id }, label), input, describing);
}

export function set(path, value, label, more = {}) {
  const words = say("changed", { what: label });
  draft.change([{ op: "set", path, value }], { label: words, merge: path.join("."), ...more });
}

// `more`: further attributes (type, pattern, maxlength …), and hint; `read` makes the value
// of the words in the input, null where there are none; `isQuiet`: nothing else shows it.
export function input(path, label, { hint, read = (words) => words, isLate = false, isQuiet = true, ...more } = {}) {
  const node = h("input", { class: "form-control", id: idOf(path), value: at(draft.document, path) ?? "", ...more });
  node.addEventListener(isLate ? "change" : "input", () => {
    const isFit = node.checkValidity();
    node.classList.toggle("is-invalid", !isFit);
    node.setAttribute("aria-invalid", String(!isFit));
    if (isFit) set(path, read(node.value), label, { quiet: isQuiet });
    else if (isLate) node.reportValidity();
  });
  return labelled(label, node, hint);
}

export function number(path, label, { lowest, highest, step = 1, isNeeded = false, hint } = {}) {
  const read = (words) => (words === "" ? null : Number(words));
  return input(path, label, { type: "number", min: lowest, max: highest, step, required: isNeeded, isLate: true, read, hint });
}

export function date(path, label) {
  return input(path, label, { type: "date", isLate: true, read: (words) => words || null });
}

// The studio draws itself anew after these: other fields may depend on them.
export function choice(path, label, choices, { hint, read = (value) => value, value } = {}) {
  const chosen = String(value ?? at(draft.document, path) ?? "");
  const options = choices.map(([key, words]) => h("option", { value: key, selected: String(key) === chosen }, words));
  const node = h("select", { class: "form-select", id: idOf(path) }, options);
  node.addEventListener("change", () => set(path, read(node.value), label, { merge: "" }));
  return labelled(label, node, hint);
}

export function tick(path, label, { hint } = {}) {
  const node = h("input", { class: "form-check-input", type: "checkbox", id: idOf(path) });
  node.checked = at(draft.document, path) === true;
  node.addEventListener("change", () => set(path, node.checked, label, { merge: "" }));
  const words = h("span", { class: "form-check-label" }, label, hint && h("small", { class: "form-hint d-block" }, hint));
  return h("label", { class: "form-check studio-field" }, node, words);
}

// One tick for each of several values in a list.
export function ticks(path, label, choices) {
  const chosen = at(draft.document, path);
  const boxes = choices.map(([key, words]) => {
    const node = h("input", { class: "form-check-input", type: "checkbox", id: `${idOf(path)}-${key}` });
    node.checked = chosen.includes(key);
    node.addEventListener("change", () => {
      const now = choices.map(([one]) => one).filter((one) => (one === key ? node.checked : chosen.includes(one)));
      if (now.length) set(path, now, label, { merge: "" });
      else node.checked = true;
    });
    return h("label", { class: "form-check form-check-inline" }, node, h("span", { class: "form-check-label" }, words));
  });
  return h("fieldset", { class: "studio-field" }, h("legend", { class: "form-label" }, label), boxes);
}

export function button(words, act, { tone = "", label, ...more } = {}) {
  const name = label ? { "aria-label": label, title: label } : {};
  return h("button", { class: `btn btn-sm ${tone}`, type: "button", onclick: act, ...name, ...more }, words);
}

// Parts of a panel that few need: closed until they hold something, made when opened.
export function more(summary, isOpen, key, make) {
  const node = h("details", { class: "studio-more", open: isOpen || opened.has(key) }, h("summary", { id: `more-${key}` }, summary));
  const fill = () => node.children.length === 1 && node.append(...[make()].flat().filter(Boolean));
  node.addEventListener("toggle", () => {
    node.open ? opened.add(key) : opened.delete(key);
    if (node.open) fill();
  });
  if (node.open) fill();
  return node;
}

const opened = new Set();
