// <section data-lint="/surveys/1/lint/"> with [data-lint-list] and [data-lint-counts]:
// what the server finds wrong with the draft, anew after each save. Its links have
// data-jump, which places.js opens.
import { draft } from "./draft.js";

const WAIT = 400;

export function startLint() {
  const section = document.querySelector("[data-lint]");
  if (!section) return;
  const show = () => refresh(section);
  let timer = 0;
  draft.addEventListener("saved", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
  show();
}

async function refresh(section) {
  const answer = await fetch(section.dataset.lint, { headers: { Accept: "text/html" } }).catch(() => null);
  // Signed out or offline: what was found last stays.
  if (!answer?.ok || answer.redirected) return;
  const found = document.createElement("template");
  found.innerHTML = await answer.text();
  const counts = [...found.content.querySelectorAll(".findings h3")].map((heading) => heading.cloneNode(true));
  section.querySelector("[data-lint-list]").replaceChildren(found.content);
  count(section.querySelector("[data-lint-counts]"), counts);
}

function count(node, headings) {
  const said = headings.map((heading) => {
    const part = document.createElement("span");
    part.textContent = heading.textContent.replace(/\s+/g, " ").trim();
    return part;
  });
  if (node.textContent !== said.map((part) => part.textContent).join("")) node.replaceChildren(...said);
}
