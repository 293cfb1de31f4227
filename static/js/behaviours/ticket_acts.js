// The acts of a ticket: an address with #act-contact opens that act, and an opened act
// has the keyboard at once. Ctrl+Enter sends the form one is typing in.
function show(id) {
  const act = document.getElementById(id);
  if (act?.matches("details.other-act")) act.open = true;
}

for (const act of document.querySelectorAll("details.other-act")) {
  act.addEventListener("toggle", () => {
    if (!act.open) return;
    const first = "select, input:not([type=hidden]), textarea";
    act.querySelector(first)?.focus({ preventScroll: true });
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit();
});

addEventListener("hashchange", () => show(location.hash.slice(1)));
show(location.hash.slice(1));
