// <form data-bulk> with <label data-bulk-page hidden><input type="checkbox">, <input
// name="all"> and <span data-bulk-count>; rows have <input name="numbers" form="bulk">.
// Counts what is chosen, and chooses the whole page at once.
const form = document.querySelector("[data-bulk]");

export const boxes = () => [...document.querySelectorAll("input[name=numbers][form=bulk]")];

export function hasSelection() {
  return Boolean(form?.elements.all?.checked) || boxes().some((box) => box.checked);
}

export function choose(wanted) {
  for (const box of boxes()) box.checked = wanted;
  if (form?.elements.all && !wanted) form.elements.all.checked = false;
  show();
}

export function show() {
  if (!form) return;
  const chosen = boxes().filter((box) => box.checked).length;
  form.querySelector("[data-bulk-count]").textContent = chosen || "";
  form.querySelector("[data-bulk-page] input").checked = chosen > 0 && chosen === boxes().length;
  const isEmpty = !hasSelection();
  for (const button of form.querySelectorAll("button[name=act]")) button.disabled = isEmpty;
}

if (form) {
  const page = form.querySelector("[data-bulk-page]");
  page.hidden = false;
  page.querySelector("input").addEventListener("change", (event) => choose(event.target.checked));
  document.addEventListener("change", show);
  // A page from the browser's history comes with its boxes.
  addEventListener("pageshow", show);
  show();
}
