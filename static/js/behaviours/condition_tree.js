// Conditions between their document ({"all": [{field, op, value}, {"any": […]}]}) and
// the tree that the editor changes: groups {join, parts} with join all, any, not_all or
// not_any, and tests {field, op, value}. What is not finished is left out of the document.
const VALUELESS = new Set(["is_empty", "is_not_empty"]);
const SEVERAL = new Set(["in", "not_in"]);

export const isGroup = (node) => "parts" in node;
export const takesNone = (op) => VALUELESS.has(op);
export const takesSeveral = (op) => SEVERAL.has(op);

export function readCondition(json) {
  const node = readNode(json ?? {});
  return isGroup(node) ? node : { join: "all", parts: [node] };
}

function readNode(json) {
  if ("field" in json) return { ...json };
  if ("not" in json) {
    const inner = readNode(json.not);
    if (!isGroup(inner)) return { join: "not_any", parts: [inner] };
    if (inner.join.startsWith("not_")) return { join: "not_any", parts: [inner] };
    return { ...inner, join: `not_${inner.join}` };
  }
  const join = "any" in json ? "any" : "all";
  return { join, parts: (json[join] ?? []).map(readNode) };
}

export function writeCondition(group) {
  return writeNode(group) ?? {};
}

function writeNode(node) {
  if (!isGroup(node)) return isFinished(node) ? writeTest(node) : null;
  const parts = node.parts.map(writeNode).filter(Boolean);
  if (!parts.length) return null;
  const join = node.join.replace("not_", "");
  return join === node.join ? { [join]: parts } : { not: { [join]: parts } };
}

const writeTest = ({ field, op, value }) => (takesNone(op) ? { field, op } : { field, op, value });

export function isFinished({ field, op, value }) {
  if (!field || !op) return false;
  if (takesNone(op)) return true;
  const isGiven = (one) => one !== undefined && one !== null && String(one).trim() !== "";
  if (op === "between") {
    return Array.isArray(value) && value.length === 2 && value.every(isGiven) && value[0] <= value[1];
  }
  return Array.isArray(value) ? value.length > 0 && value.every(isGiven) : isGiven(value);
}
