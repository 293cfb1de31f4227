// <dialog data-adder>: every kind of element, in groups.
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { addElement } from "./element_acts.js";
import { GROUPS } from "./kinds.js";
import { say } from "./words.js";

const dialog = document.querySelector("[data-adder]");
const METRICS = ["nps", "csat", "ces"];

export function openAdder() {
  const used = draft.document.pages.flatMap((page) => page.elements.map(({ type }) => type));
  const isTaken = (type) => METRICS.includes(type) && used.includes(type);
  dialog.querySelector("[data-adder-kinds]").replaceChildren(
    ...Object.entries(GROUPS).map(([group, types]) =>
      h("section", {}, h("h3", {}, say(`group_of_${group}`)),
        h("div", { class: "adder-kinds" }, types.map((type) => kind(type, isTaken(type)))))));
  dialog.showModal();
}

function kind(type, isTaken) {
  return h("button", { class: "adder-kind", type: "button", "data-kind": type, disabled: isTaken, onclick: () => choose(type) },
    h("strong", {}, say(`type_${type}`)), h("small", {}, isTaken ? say("asked_already") : say(`about_${type}`)));
}

function choose(type) {
  dialog.close();
  addElement(type);
}
