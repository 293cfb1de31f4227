// <form data-alert-rule> with a select "kind" and fields in <div data-kinds="threshold run">:
// only those of the chosen kind are shown and sent. Without JavaScript all are shown, and
// those that the kind does not need are left unread.
for (const form of document.querySelectorAll("form[data-alert-rule]")) {
  const { kind } = form.elements;
  const show = () => {
    for (const part of form.querySelectorAll("[data-kinds]")) {
      part.hidden = !part.dataset.kinds.split(" ").includes(kind.value);
      for (const field of part.querySelectorAll("input, select")) field.disabled = part.hidden;
    }
  };
  kind.addEventListener("change", show);
  show();
}
