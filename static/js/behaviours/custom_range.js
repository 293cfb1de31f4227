// <form data-custom-range> with a select "period" and date fields "since" and "until",
// each in a .mb-3 or [data-day]: the dates show only where "custom" is chosen. Without JavaScript they always show.
for (const form of document.querySelectorAll("form[data-custom-range]")) {
  const { period, since, until } = form.elements;
  const show = () => {
    for (const field of [since, until]) {
      field.disabled = period.value !== "custom";
      field.closest(".mb-3, [data-day]").hidden = field.disabled;
    }
  };
  period.addEventListener("change", show);
  show();
}
