// <tr data-ticket> with a link and a box, <form data-desk-search>, <dialog id="desk-keys">
// with <input data-desk-keys-off>: single keys move through the list. Off while typing,
// with a modifier, over an open dialog, and wherever they were turned off.
import { boxes, choose, show } from "./desk_selection.js";

const OFF = "desk-keys-off";
const help = document.getElementById("desk-keys");
const links = () => [...document.querySelectorAll("[data-ticket] th a")];
const here = () => links().findIndex((link) => link.closest("tr").contains(document.activeElement));
const follow = (selector) => document.querySelector(selector)?.click();

function move(step) {
  const all = links(), now = here();
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step;
  all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
}

function pick() {
  const box = links()[here()]?.closest("tr").querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  show();
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  x: pick,
  a: () => choose(!boxes().every((box) => box.checked)),
  n: () => follow(".paging [rel=next]"),
  p: () => follow(".paging [rel=prev]"),
  "/": () => document.querySelector("[data-desk-search] input[type=search]").focus(),
  "?": () => help.showModal(),
  Escape: () => choose(false),
};

const isTyping = (target) =>
  target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
const isOff = (key) => key !== "?" && key !== "Escape" && localStorage.getItem(OFF) === "1";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], details[data-menu][open]")) return;
  if (!(event.key in ACTS) || isOff(event.key)) return;
  event.preventDefault();
  ACTS[event.key]();
});

if (help) {
  const off = help.querySelector("[data-desk-keys-off]");
  off.checked = localStorage.getItem(OFF) === "1";
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : ""));
  document.querySelector(".desk-help").hidden = false;
}
