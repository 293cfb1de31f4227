// The bar over the studio: the language one writes in, undo and redo, how saving stands.
import { announce } from "./announce.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { editing, NAMES, TAGS } from "./editing.js";
import { button } from "./fields.js";
import { jump } from "./places.js";
import { saving } from "./saving.js";
import { say } from "./words.js";

const one = (name) => document.querySelector(`[data-${name}]`);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function undo() {
  const label = draft.undo();
  announce(label ? say("undone", { what: label }) : say("nothing_to_undo"));
}

export function redo() {
  const label = draft.redo();
  announce(label ? say("redone", { what: label }) : say("nothing_to_redo"));
}

function showHistory() {
  one("undo").disabled = !draft.canUndo;
  one("redo").disabled = !draft.canRedo;
}

function showLanguages() {
  const { languages } = draft.document;
  if (!languages.includes(editing.language)) editing.language = languages[0];
  one("languages").replaceChildren(...languages.map((language) =>
    h("button", { class: "btn btn-sm", type: "button", lang: TAGS[language], "aria-pressed": String(language === editing.language), id: `language-${language}`, onclick: () => editing.to(language) }, NAMES[language])));
}

function changeLanguages() {
  const focused = document.activeElement?.id;
  showLanguages();
  if (focused?.startsWith("language-")) document.getElementById(focused)?.focus();
}

function showSaving() {
  const { state, problem } = saving;
  const when = draft.at ? clock.format(new Date(draft.at)) : "";
  const words = navigator.onLine || state === "saved" ? say(`state_${state}`, { when }) : say("state_offline");
  const node = one("save-state");
  node.textContent = state === "saved" && !when ? "" : words;
  node.dataset.saveState = state;
  one("save-problem").replaceChildren(...complaint(state, problem));
}

function complaint(state, problem) {
  if (state === "refused") {
    return [h("span", {}, `${problem.sentence} `), button(say("show_place"), () => jump(problem.path ?? []))];
  }
  if (state === "failed") return [h("span", {}, `${say("still_unsaved")} `), button(say("try_again"), () => saving.flush())];
  if (state === "signed_out") return [h("a", { href: document.body.dataset.signIn, target: "_blank" }, say("sign_in")), " ", button(say("try_again"), () => saving.flush())];
  return [];
}

export function startBar() {
  const asked = document.documentElement.lang.toLowerCase();
  editing.language = draft.document.languages.includes(asked) ? asked : draft.document.languages[0];
  one("undo").addEventListener("click", undo);
  one("redo").addEventListener("click", redo);
  draft.addEventListener("change", showHistory);
  draft.addEventListener("change", ({ detail }) => detail.quiet || changeLanguages());
  editing.addEventListener("change", changeLanguages);
  saving.addEventListener("state", showSaving);
  addEventListener("offline", showSaving);
  addEventListener("online", showSaving);
  showLanguages();
  showSaving();
}
