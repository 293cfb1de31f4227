// Changes of a survey document as `surveys/draft_changes.py` reads them. Pure.
// `apply` makes one on the document itself and returns the change that takes it back.
export function at(document, path) {
  let node = document;
  for (const key of path) {
    if (node === null || node === undefined) return undefined;
    node = Array.isArray(node) ? node[placeOf(node, key)] : node[key];
  }
  return node;
}

export function placeOf(list, key) {
  return typeof key === "number" ? key : list.findIndex((member) => member.id === key);
}

export function apply(document, change) {
  return ACTS[change.op](document, change);
}

const ACTS = { set, add, remove, move };

function set(document, { path, value }) {
  const [holder, key] = ends(document, path);
  const had = Object.hasOwn(holder, key);
  const old = holder[key];
  holder[key] = structuredClone(value);
  if (!had) return { op: "remove", path };
  if (key === "id") return { op: "set", path: [...path.slice(0, -2), value, "id"], value: old };
  return { op: "set", path: withId(path, holder, key), value: old };
}

function add(document, { path, at: place, value }) {
  const list = at(document, path);
  const index = Math.min(place, list.length);
  list.splice(index, 0, structuredClone(value));
  return { op: "remove", path: [...path, value?.id ?? index] };
}

function remove(document, { path }) {
  const [holder, key] = ends(document, path);
  if (!Array.isArray(holder)) {
    const value = holder[key];
    delete holder[key];
    return { op: "set", path, value };
  }
  const [value] = holder.splice(key, 1);
  return { op: "add", path: path.slice(0, -1), at: key, value };
}

function move(document, { path, to, at: place }) {
  const [holder, key] = ends(document, path);
  const target = at(document, to);
  const [member] = holder.splice(key, 1);
  const index = Math.min(place, target.length);
  target.splice(index, 0, member);
  return { op: "move", path: [...to, member.id ?? index], to: path.slice(0, -1), at: key };
}

function ends(document, path) {
  const holder = at(document, path.slice(0, -1));
  const last = path.at(-1);
  return [holder, Array.isArray(holder) ? placeOf(holder, last) : last];
}

// A member that got another id is found under the new one when it is changed back.
function withId(path, holder, key) {
  return Array.isArray(holder) ? [...path.slice(0, -1), holder[key].id ?? key] : path;
}
