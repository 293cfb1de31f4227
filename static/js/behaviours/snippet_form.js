// <form method="get" data-snippet-form>: fields of other modes are put away
// (<fieldset data-for="tab page">), and #code follows what is chosen. Without this file
// the form's button does it.
const form = document.querySelector("[data-snippet-form]");
const code = document.getElementById("code");

function putAway() {
  const mode = new FormData(form).get("mode");
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = part.disabled = !part.dataset.for.split(" ").includes(mode);
  }
}

async function follow() {
  putAway();
  if (!form.checkValidity()) return;
  const given = [...new FormData(form)].filter(([, value]) => value);
  const address = `?${new URLSearchParams(given)}`;
  const answer = await fetch(address);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("code");
  code.querySelector("#snippet").textContent = fresh.querySelector("#snippet").textContent;
  code.querySelector("form").replaceWith(fresh.querySelector("form"));
  history.replaceState(null, "", address);
}

putAway();
form.addEventListener("change", follow);
