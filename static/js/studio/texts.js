// A text of the survey in the language that is being edited: what it says in the other
// language stands below; bold, italic, a link or an answer go in at the cursor.
import { at } from "./changes.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { editing, NAMES, TAGS } from "./editing.js";
import { button, idOf, labelled, set } from "./fields.js";
import { pipes } from "./pipes.js";
import { say } from "./words.js";

const MOST = 4000;

export function text(path, label, { isLong = false, isRich = false, id } = {}) {
  const { language } = editing;
  const whole = [...path, language];
  const words = at(draft.document, whole) ?? "";
  const tag = isLong ? "textarea" : "input";
  const node = h(tag, { class: "form-control", id: id ?? idOf(path), lang: TAGS[language], maxlength: MOST, value: words, rows: isLong ? 2 : null });
  node.addEventListener("input", () => set(whole, node.value, label, { quiet: true }));
  const field = labelled(label, node);
  if (isRich) field.append(tools(node, path));
  field.append(...others(path, language));
  return field;
}

function others(path, language) {
  const texts = at(draft.document, path) ?? {};
  return draft.document.languages
    .filter((other) => other !== language && texts[other] && !texts[language])
    .map((other) => h("small", { class: "form-hint", lang: TAGS[other] }, `${NAMES[other]}: ${texts[other]}`));
}

function tools(node, path) {
  const insert = h("select", { class: "form-select form-select-sm", "aria-label": say("insert_answer"), title: say("insert_answer") });
  insert.append(h("option", { value: "" }, say("insert_answer")));
  // Filled when it is reached for: in a long survey there is much to insert.
  const fill = () => insert.append(...pipes(path[3]).map(([name, words]) => h("option", { value: name }, words)));
  insert.addEventListener("focus", fill, { once: true });
  insert.addEventListener("change", () => {
    if (insert.value) put(node, `{{ ${insert.value} }}`, "");
    insert.value = "";
  });
  return h("div", { class: "studio-tools", role: "group", "aria-label": say("text_tools") },
    button(h("b", {}, "B"), () => put(node, "<b>", "</b>"), { label: say("bold") }),
    button(h("i", {}, "I"), () => put(node, "<i>", "</i>"), { label: say("italic") }),
    button(say("link"), () => put(node, '<a href="https://">', "</a>")),
    insert,
  );
}

// Around what is selected; the script that listens to typing hears of it too.
function put(node, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = node;
  node.value = value.slice(0, start) + before + value.slice(start, end) + after + value.slice(end);
  node.focus();
  node.setSelectionRange(start + before.length, end + before.length);
  node.dispatchEvent(new Event("input"));
}
