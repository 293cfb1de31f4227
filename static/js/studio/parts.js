// Ordered parts of something, each with its own fields: options, rows, branches, steps.
// Up, down and away by buttons; by dragging too.
import { announce } from "./announce.js";
import { at } from "./changes.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { button } from "./fields.js";
import { sortable } from "./sorting.js";
import { say } from "./words.js";

// `fieldsOf(part, path, name)` gives a part's fields; `make` a new one; `least` stay;
// dense ones stand in one line, their labels for screen readers alone.
export function parts(path, { label, addLabel, fieldsOf, make, least = 0, numbered, isDense = false }) {
  const list = at(draft.document, path);
  const items = list.map((part, place) => {
    const own = [...path, part.id ?? place];
    const name = say("part_number", { what: numbered, number: place + 1 });
    return h("li", { class: "studio-part", "data-id": part.id ?? place },
      h("span", { class: "grip", "aria-hidden": "true" }, "⠿"),
      h("div", { class: "studio-part-fields" }, fieldsOf(part, own, name)),
      h("div", { class: "studio-part-acts" }, acts(path, own, place, list.length, { name, least })),
    );
  });
  const ordered = h("ol", { class: isDense ? "studio-parts studio-parts-dense" : "studio-parts" }, items);
  sortable(ordered, { onMove: (id, from, to) => movePart(path, list[from].id ?? from, to, label) });
  const adder = button(addLabel, () => addPart(path, make(), list.length, addLabel), { id: `add-${path.join("-")}` });
  return h("fieldset", { class: "studio-field" }, h("legend", { class: "form-label" }, label), ordered, adder);
}

function acts(path, own, place, count, { name, least }) {
  const id = own.join("-");
  return [
    button("↑", () => movePart(path, own.at(-1), place - 1, name), { label: say("up", { what: name }), disabled: place === 0, id: `up-${id}` }),
    button("↓", () => movePart(path, own.at(-1), place + 1, name), { label: say("down", { what: name }), disabled: place === count - 1, id: `down-${id}` }),
    button("×", () => removePart(path, own, name), { label: say("remove", { what: name }), disabled: count <= least, id: `remove-${id}` }),
  ];
}

export function addPart(path, value, place, label) {
  draft.change([{ op: "add", path, at: place, value }], { label });
  const first = document.getElementById(`f-${[...path, value.id ?? place].join("-")}`) ?? document.querySelector(`[data-panel] [data-id="${value.id ?? place}"] :is(input, select, textarea)`);
  first?.focus();
}

function movePart(path, key, to, label) {
  draft.change([{ op: "move", path: [...path, key], to: path, at: to }], { label: say("moved", { what: label }) });
  announce(say("part_now_at", { what: label, place: to + 1, count: at(draft.document, path).length }));
}

function removePart(path, own, name) {
  draft.change([{ op: "remove", path: own }], { label: say("removed", { what: name }) });
  document.getElementById(`add-${path.join("-")}`)?.focus();
  announce(`${say("removed", { what: name })} ${say("undo_hint")}`);
}
