// One test of a condition: which field, how it is compared, and with what. The select
// that is being used stays in place: a new one would forget what is typed into it.
import { isOffScale, scaleWords } from "./condition_scale.js";
import { isFinished } from "./condition_tree.js";
import { element, select, startingValue, valueInput } from "./condition_value.js";

const SHAPES = { in: "list", not_in: "list", between: "range", is_empty: "none", is_not_empty: "none" };
const shapeOf = (op) => SHAPES[op] ?? "one";

export function startingTest(fields, words, key) {
  const field = fields.find((one) => one.key === key) ?? fields[0];
  const op = field.kind === "number" ? "lte" : words.offered[field.kind][0];
  return { field: field.key, op, value: startingValue(field, op) };
}

export function testRow(test, { label, path, fields, words, onChange }) {
  const rest = element("div", { class: "condition-asked" });
  const draw = () => rest.replaceChildren(...asked(test, { fields, words, onChange }));
  const field = fieldSelect(test, fields, words, (key) => {
    Object.assign(test, startingTest(fields, words, key));
    draw();
    onChange();
  });
  draw();
  return element("div", { class: "condition-test", role: "group", "aria-label": label, "data-part": path }, field, rest);
}

function asked(test, { fields, words, onChange }) {
  const field = fields.find((one) => one.key === test.field);
  if (!field) return [];
  const place = element("div", { class: "condition-value" });
  const draw = () => place.replaceChildren(...value(test, field, words, onChange));
  const operators = words.offered[field.kind].map((op) => [op, words.operators[op]]);
  const operator = select(words.operator, operators, test.op, (op) => {
    const keeps = shapeOf(test.op) === shapeOf(op);
    Object.assign(test, { op, value: keeps ? test.value : startingValue(field, op) });
    draw();
    onChange();
  });
  draw();
  return [operator, place];
}

function value(test, field, words, onChange) {
  const hint = element("small", { class: "condition-hint", role: "status" });
  const hintIfMissing = () => {
    const isOff = isOffScale(field, test.value);
    hint.hidden = isFinished(test) && !isOff;
    hint.textContent = isOff ? scaleWords(field, words.off_scale) : words.value_missing;
  };
  const onValue = (given) => {
    test.value = given;
    hintIfMissing();
    onChange();
  };
  const input = valueInput({ field, op: test.op, value: test.value, words, onValue });
  hintIfMissing();
  return input ? [input, hint] : [];
}

function fieldSelect(test, fields, words, onChange) {
  const node = select(words.field, [], test.field, onChange);
  if (!fields.some(({ key }) => key === test.field)) {
    const gone = words.gone.replace("%(field)s", () => test.field);
    node.append(element("option", { value: test.field, selected: true }, gone));
  }
  const groups = new Map();
  for (const { key, label, group = "" } of fields) {
    if (!groups.has(group)) groups.set(group, group ? element("optgroup", { label: group }) : node);
    groups.get(group).append(element("option", { value: key, selected: key === test.field }, label));
  }
  node.append(...[...groups.values()].filter((one) => one !== node));
  return node;
}
