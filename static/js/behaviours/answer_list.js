// <form id="triage" data-answer-acts> with <label data-all hidden><input type="checkbox">
// <ul data-answer-list> of <li> with <input type="checkbox" form="triage"> and a link.
// j and k go to the next and the last answer, x ticks it, e archives it. Without
// JavaScript the boxes and buttons do the same.
const acts = document.querySelector("[data-answer-acts]");
const list = document.querySelector("[data-answer-list]");

if (acts && list) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const all = acts.querySelector("[data-all]");
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = boxes.findIndex((box) => box.closest("li").contains(document.activeElement));
    if (event.key === "j") boxes[Math.min(here + 1, boxes.length - 1)]?.focus();
    else if (event.key === "k") boxes[Math.max(here - 1, 0)]?.focus();
    else if (here >= 0 && event.key === "x") boxes[here].checked = !boxes[here].checked;
    else if (here >= 0 && event.key === "e") archive(boxes[here]);
  });

  const archive = (box) => {
    for (const other of boxes) other.checked = other === box;
    acts.querySelector("[value=archived]").click();
  };
}
