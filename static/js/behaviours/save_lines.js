/* <form data-save-lines data-saving="…" data-saved="…" data-failed="…" data-conflict="… {now}">
     <div data-line><textarea name="t:key"></textarea><input type="hidden" name="w:key">
     <p data-line-state></p></div> … </form>
   Saves each line when the person leaves it; without JavaScript the form's button does.
   One after the other, so that an older word never arrives last. */

const form = document.querySelector("[data-save-lines]");
let last = Promise.resolve();

function say(line, words, isBad) {
  const place = line.querySelector("[data-line-state]");
  place.textContent = words;
  place.classList.toggle("text-danger", Boolean(isBad));
}

async function send(line, field, was) {
  const body = new FormData();
  const sent = field.value;
  body.set(field.name, sent);
  body.set(was.name, was.value);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(window.location.href, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  const said = await answer.json();
  if (answer.status === 409) {
    const now = Object.values(said.conflicts)[0] ?? "";
    // Seen now: saving once more writes over it.
    was.value = now;
    say(line, form.dataset.conflict.replace("{now}", () => now), true);
  } else if (answer.ok) {
    was.value = sent;
    line.classList.toggle("line-missing", !sent.trim());
    say(line, form.dataset.saved);
  } else {
    say(line, said.sentence ?? form.dataset.failed, true);
  }
}

function save(line) {
  const field = line.querySelector("textarea");
  const was = line.querySelector("input[type=hidden]");
  last = last.then(async () => {
    if (field.value.trim() === was.value.trim()) return;
    say(line, form.dataset.saving);
    try {
      await send(line, field, was);
    } catch {
      say(line, form.dataset.failed, true);
    }
  });
}

form?.addEventListener("change", (event) => {
  const line = event.target.closest("[data-line]");
  if (line) save(line);
});
