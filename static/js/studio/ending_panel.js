// An ending: for whom, what it says, and what it offers.
import { announce } from "./announce.js";
import { at } from "./changes.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { button, choice, idOf, input, more, set, tick } from "./fields.js";
import { newId } from "./ids.js";
import { nameOfEnding } from "./page_panel.js";
import { places } from "./places.js";
import { text } from "./texts.js";
import { say } from "./words.js";

const GROUPS = ["promoter", "passive", "detractor"];
const ADDRESS = { type: "url", isLate: true, pattern: "https://.+", maxlength: 500 };

export function endingPanel(id) {
  const path = ["endings", id];
  const ending = at(draft.document, path);
  const groups = [["", say("group_none")], ...GROUPS.map((group) => [group, say(`group_${group}`)])];
  return {
    heading: say("ending_named", { name: nameOfEnding(ending) }),
    acts: [button(say("delete"), () => removeEnding(id), { id: "ending-delete", disabled: draft.document.endings.length === 1 })],
    body: [
      text([...path, "title"], say("ending_title")),
      text([...path, "text"], say("ending_text"), { isLong: true, isRich: true }),
      choice([...path, "group"], say("ending_group"), groups, { read: (value) => value || null, hint: say("ending_group_hint") }),
      tick([...path, "offers_call"], say("offers_call"), { hint: say("offers_call_hint") }),
      link(path, ending),
      more(say("redirect"), ending.redirect !== null, `${id}-redirect`,
        () => input([...path, "redirect"], say("redirect_to"), { ...ADDRESS, read: (words) => words || null, hint: say("redirect_hint") })),
    ],
  };
}

function link(path, ending) {
  const own = [...path, "link"];
  const box = h("input", { class: "form-check-input", type: "checkbox", id: `${idOf(own)}-on` });
  box.checked = ending.link !== null;
  box.addEventListener("change", () => set(own, box.checked ? structuredClone(draft.blanks.parts.link) : null, say("ending_link"), { merge: "" }));
  const switched = h("label", { class: "form-check studio-field" }, box, h("span", { class: "form-check-label" }, say("ending_link")));
  if (!ending.link) return switched;
  return h("div", {}, switched,
    input([...own, "url"], say("link_address"), { ...ADDRESS, required: true }),
    text([...own, "text"], say("link_text")));
}

export function addEnding() {
  const ending = { ...structuredClone(draft.blanks.parts.ending), id: newId("e") };
  draft.change([{ op: "add", path: ["endings"], at: draft.document.endings.length, value: ending }], { label: say("added_ending") });
  places.to("ending", ending.id, "text");
  announce(say("added_ending"));
}

function removeEnding(id) {
  const label = say("removed", { what: nameOfEnding(at(draft.document, ["endings", id])) });
  draft.change([{ op: "remove", path: ["endings", id] }], { label });
  places.to("ending", draft.document.endings[0].id, "outline");
  announce(`${label} ${say("undo_hint")}`);
}
