// <div data-macros="/tickets/7/macros/0/" data-fills="text subject"> with a <select
// name="macro"> and a button that fills in without script. Choosing puts the words of
// that macro into the form's fields; what was typed before stays, the words come behind.
for (const choice of document.querySelectorAll("[data-macros]")) {
  const select = choice.querySelector("select");
  choice.querySelector("button").hidden = true;
  select.addEventListener("change", () => fill(choice, select));
}

async function fill(choice, select) {
  if (!select.value) return;
  const address = choice.dataset.macros.replace(/0\/$/, `${select.value}/`);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const words = await answer.json();
  const [text, subject] = choice.dataset.fills.split(" ");
  put(select.form.elements.namedItem(text), words.text, true);
  if (subject) put(select.form.elements.namedItem(subject), words.subject, false);
}

function put(field, words, appends) {
  if (!field || !words) return;
  const typed = field.value.trim();
  field.value = appends && typed ? `${typed}\n\n${words}` : words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
