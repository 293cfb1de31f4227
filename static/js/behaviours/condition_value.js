// The input for the value that a field is compared with: by the field's kind and the
// operator. `onValue` hears every change, with undefined while nothing fit is given.
import { scaleWords } from "./condition_scale.js";
import { takesNone, takesSeveral } from "./condition_tree.js";

let made = 0;

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function select(label, options, chosen, onChange) {
  const node = element("select", { class: "form-select", "aria-label": label });
  for (const [value, text] of options) {
    node.append(element("option", { value, selected: value === chosen }, text));
  }
  node.addEventListener("change", () => onChange(node.value));
  return node;
}

export function valueInput({ field, op, value, words, onValue }) {
  if (takesNone(op)) return null;
  if (field.kind === "boolean") {
    return select(words.value, [["true", words.yes], ["false", words.no]], String(value), (given) => onValue(given === "true"));
  }
  if (field.choices?.length) return takesSeveral(op) ? ticks(field, value, words, onValue) : oneOf(field, value, words, onValue);
  if (op === "between") return range(field, value, words, onValue);
  if (takesSeveral(op)) return several(field, value, words, onValue);
  return single(field, value, words.value, words, onValue);
}

export function startingValue(field, op) {
  if (takesNone(op)) return undefined;
  if (field.kind === "boolean") return true;
  const first = field.choices?.length ? field.choices[0][0] : undefined;
  return takesSeveral(op) && first !== undefined ? [first] : first;
}

const oneOf = (field, value, words, onValue) =>
  select(words.value, field.choices, value, onValue);

function ticks(field, value, words, onValue) {
  const chosen = new Set(value ?? []);
  const box = element("div", { class: "condition-ticks", role: "group", "aria-label": words.value });
  for (const [id, label] of field.choices) {
    const input = element("input", { type: "checkbox", class: "form-check-input", checked: chosen.has(id) });
    input.addEventListener("change", () => {
      input.checked ? chosen.add(id) : chosen.delete(id);
      onValue(field.choices.map(([one]) => one).filter((one) => chosen.has(one)));
    });
    box.append(element("label", { class: "form-check" }, input, element("span", { class: "form-check-label" }, label)));
  }
  return box;
}

function single(field, value, label, words, onValue) {
  const type = { number: "number", date: "date" }[field.kind] ?? "text";
  const step = type === "number" ? "any" : undefined;
  const placeholder = scaleWords(field, words.scale) || undefined;
  const attributes = { class: "form-control", type, step, placeholder, "aria-label": label, maxlength: type === "text" ? 500 : undefined };
  const input = element("input", attributes);
  input.value = value ?? "";
  input.addEventListener("input", () => onValue(read(field, input.value)));
  return input;
}

function range(field, value, words, onValue) {
  const ends = Array.isArray(value) ? [...value] : [undefined, undefined];
  const end = (place, label) => single(field, ends[place], label, words, (given) => {
    ends[place] = given;
    onValue([...ends]);
  });
  return element("span", { class: "condition-range" }, end(0, words.low), "–", end(1, words.high));
}

function several(field, value, words, onValue) {
  const hint = `condition-values-${(made += 1)}`;
  const input = element("input", { class: "form-control", type: "text", "aria-label": words.values, placeholder: words.values, id: hint });
  input.value = (Array.isArray(value) ? value : []).join(", ");
  input.addEventListener("input", () => {
    const given = input.value.split(/[,，、;；]/).map((one) => read(field, one)).filter((one) => one !== undefined);
    onValue(given);
  });
  return input;
}

function read(field, given) {
  const text = given.trim();
  if (!text) return undefined;
  if (field.kind !== "number") return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
