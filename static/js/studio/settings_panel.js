// The survey as a whole: name, address and touchpoint (a form of their own), its title and
// languages, how it behaves.
import { announce } from "./announce.js";
import { NAMES } from "./editing.js";
import { choice, tick, ticks } from "./fields.js";
import { sendForm } from "./sending.js";
import { text } from "./texts.js";
import { say } from "./words.js";

const template = document.querySelector("template[data-basics]");
const kept = { values: null };

export function settingsPanel() {
  const own = ["settings"];
  return {
    heading: say("settings"),
    acts: [],
    body: [
      basics(),
      text(["title"], say("survey_title")),
      ticks(["languages"], say("languages"), Object.entries(NAMES)),
      tick([...own, "shows_progress"], say("shows_progress")),
      tick([...own, "allows_back"], say("allows_back")),
      choice([...own, "once_per"], say("once_per"), ["nobody", "device", "customer"].map((one) => [one, say(`once_per_${one}`)])),
      tick([...own, "asks_proof_of_work"], say("proof_of_work"), { hint: say("proof_of_work_hint") }),
    ],
  };
}

function basics() {
  const form = template.content.querySelector("form").cloneNode(true);
  for (const [name, value] of kept.values ?? []) if (form.elements[name]) form.elements[name].value = value;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => save(form));
  return form;
}

async function save(form) {
  kept.values = new FormData(form);
  const { status, body } = await sendForm(form.action, form);
  const problems = Object.values(body.errors ?? {}).flat();
  form.querySelector("[data-basics-problem]").textContent = status === 200 ? "" : problems.join(" ") || say("not_saved");
  if (status !== 200) return;
  if (form.elements.slug) form.elements.slug.value = body.slug;
  document.querySelector("[data-survey-name]").textContent = body.name;
  announce(say("basics_saved"));
}
