// A rule's form: its condition is edited as sentences, and what only one strategy needs
// is shown with that strategy alone.
//   <div data-rule-condition="ID OF A JSON SCRIPT {fields, words}">
//     <textarea name="condition">…</textarea></div>
//   <select name="strategy">  <div data-only-for="person">
import { mountConditionEditor } from "./condition_editor.js";

for (const form of document.querySelectorAll("[data-rule-form]")) {
  form.querySelectorAll("[data-rule-condition]").forEach(editCondition);
  showWhatIsNeeded(form);
}

function editCondition(box) {
  const written = box.querySelector("textarea");
  let value;
  try {
    value = JSON.parse(written.value || "{}");
  } catch {
    return; // not readable: the person mends it as it is written
  }
  const { fields, words } = JSON.parse(document.getElementById(box.dataset.ruleCondition).textContent);
  const node = document.createElement("div");
  const onChange = (condition) => { written.value = JSON.stringify(condition); };
  // What is wrong with it, as the server said, stays to be read.
  const said = box.querySelector(".invalid-feedback");
  mountConditionEditor(node, { value, fields, words, onChange });
  written.closest(".rule-written").hidden = true;
  box.append(node);
  if (said) {
    said.classList.add("d-block");
    box.append(said);
  }
}

function showWhatIsNeeded(form) {
  const strategy = form.elements.strategy;
  const show = () => {
    for (const part of form.querySelectorAll("[data-only-for]")) {
      part.hidden = part.dataset.onlyFor !== strategy.value;
    }
  };
  strategy.addEventListener("change", show);
  show();
}
