// <form data-custom-range> (or a fieldset, details) with a select "period" and date fields "since" and "until",
// also as "a.period" …, each in a .mb-3 or [data-day]: the dates show only where "custom" is chosen. Without JavaScript they always show.
for (const place of document.querySelectorAll("[data-custom-range]")) {
  const named = (name) => place.querySelector(`[name="${name}"], [name$=".${name}"]`);
  const [period, ...days] = ["period", "since", "until"].map(named);
  const show = () => {
    for (const field of days) {
      field.disabled = period.value !== "custom";
      field.closest(".mb-3, [data-day]").hidden = field.disabled;
    }
  };
  period.addEventListener("change", show);
  show();
}
