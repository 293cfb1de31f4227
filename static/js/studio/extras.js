// Properties that are there or not: options carried over, a pattern to match.
import { at } from "./changes.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { wordsOf } from "./editing.js";
import { choice, idOf, input, labelled, set } from "./fields.js";
import { WITH_OPTIONS } from "./kinds.js";
import { short } from "./pipes.js";
import { text } from "./texts.js";
import { say } from "./words.js";

export function carried(path, element) {
  const all = draft.document.pages.flatMap((page) => page.elements);
  const earlier = all.slice(0, all.indexOf(element)).filter(({ type }) => WITH_OPTIONS.includes(type));
  if (!earlier.length && !element.carried) return null;
  const choices = earlier.map(({ id, text: words }) => [id, short(wordsOf(words) || id)]);
  const node = h("select", { class: "form-select", id: idOf(path) },
    [["", say("not_carried")], ...choices].map(([value, words]) =>
      h("option", { value, selected: value === (element.carried?.element ?? "") }, words)));
  node.addEventListener("change", () => {
    const value = node.value ? { ...draft.blanks.parts.carried, ...element.carried, element: node.value } : null;
    // Options that nobody worded yet would only be in the way.
    const blanks = value ? element.options.filter(({ text: words }) => !Object.values(words).some(Boolean)) : [];
    const removals = blanks.map(({ id }) => ({ op: "remove", path: [...path.slice(0, -1), "options", id] }));
    draft.change([{ op: "set", path, value }, ...removals], { label: say("changed", { what: say("carried") }) });
  });
  const which = element.carried && choice([...path, "which"], say("carried_which"), ["chosen", "not_chosen"].map((one) => [one, say(`carried_${one}`)]));
  return h("div", { class: "studio-pair" }, [labelled(say("carried"), node), which].filter(Boolean));
}

export function pattern(path) {
  const value = at(draft.document, path);
  const box = h("input", { class: "form-check-input", type: "checkbox", id: `${idOf(path)}-on` });
  box.checked = value !== null;
  box.addEventListener("change", () => set(path, box.checked ? structuredClone(draft.blanks.parts.pattern) : null, say("pattern"), { merge: "" }));
  const switched = h("label", { class: "form-check studio-field" }, box, h("span", { class: "form-check-label" }, say("pattern")));
  if (value === null) return switched;
  return h("div", {}, switched,
    input([...path, "regex"], say("pattern_regex"), { isLate: true, required: true, maxlength: 200, hint: say("pattern_hint") }),
    text([...path, "message"], say("pattern_message")));
}
