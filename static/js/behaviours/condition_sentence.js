// A condition's document in words, as customers/condition_words.py says them.
const put = (template, values) =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`%(${name})s`, () => value), template);

export function sentenceOf(json, fields, words) {
  const text = say(json ?? {}, fields, words, false);
  return text ? text[0].toUpperCase() + text.slice(1) : words.always;
}

function say(json, fields, words, isInner) {
  if ("field" in json) return test(json, fields, words);
  if ("not" in json) return put(words.not, { condition: say(json.not, fields, words, false) });
  const join = "any" in json ? "any" : "all";
  const parts = (json[join] ?? []).map((part) => say(part, fields, words, true));
  const joined = parts.join(join === "all" ? words.and : words.or);
  return isInner && parts.length > 1 ? put(words.group, { conditions: joined }) : joined;
}

function test({ field: key, op, value }, fields, words) {
  const field = fields.find((one) => one.key === key) ?? { label: key, choices: [] };
  if (typeof value === "boolean") {
    return value === (op === "eq") ? field.label : put(words.not, { condition: field.label });
  }
  const names = new Map((field.choices ?? []).map(([id, label, said]) => [id, said ?? label]));
  const shown = (Array.isArray(value) ? value : [value]).map((one) => names.get(one) ?? String(one ?? ""));
  const isOne = op === "between" && shown[0] === shown[1];
  return put(words.phrases[isOne ? "eq" : op] ?? "", {
    field: field.label, value: isOne ? shown[0] : shown.join(words.comma), low: shown[0], high: shown.at(-1),
  });
}
