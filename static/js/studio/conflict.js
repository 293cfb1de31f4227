// <dialog data-conflict>: somebody else saved meanwhile; nothing is thrown away unasked.
import { announce } from "./announce.js";
import { draft } from "./draft.js";
import { takeTheirs } from "./saving.js";
import { say } from "./words.js";

const dialog = document.querySelector("[data-conflict]");

function keepCopy() {
  const file = new Blob([JSON.stringify(draft.document, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = say("copy_name");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function showTheirs() {
  dialog.close();
  await takeTheirs();
  announce(say("theirs_shown"));
}

export function startConflict() {
  draft.addEventListener("conflict", ({ detail }) => {
    const when = detail.at ? new Date(detail.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "";
    dialog.querySelector("[data-conflict-who]").textContent = say("conflict_who", { who: detail.by, when });
    dialog.showModal();
  });
  // It has to be decided: Escape would leave a draft that can no longer be saved.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector("[data-take-theirs]").addEventListener("click", showTheirs);
  dialog.querySelector("[data-keep-copy]").addEventListener("click", () => {
    keepCopy();
    showTheirs();
  });
}
