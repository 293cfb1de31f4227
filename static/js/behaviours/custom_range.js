// <form data-custom-range> (or a fieldset, details) with a select "period" and date fields "since" and "until",
// also as "a.period" …, each in a .mb-3 or [data-day]: the dates show only where "custom" is chosen, or where one of them was refused. Without JavaScript they always show.
for (const place of document.querySelectorAll("[data-custom-range]")) {
  const named = (name) => place.querySelector(`[name="${name}"], [name$=".${name}"]`);
  const [period, ...days] = ["period", "since", "until"].map(named);
  const show = (refused) => {
    for (const field of days) {
      field.disabled = period.value !== "custom" && !refused.includes(field);
      field.closest(".mb-3, [data-day]").hidden = field.disabled;
    }
  };
  period.addEventListener("change", () => show([]));
  show(days.filter((field) => field.ariaInvalid === "true"));
}
