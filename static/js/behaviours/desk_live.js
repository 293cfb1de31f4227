// <table data-desk-rows data-changes="/tickets/changes/?…"> with <tr id="ticket-7"
// data-ticket="7">, [data-count], [data-found] and [data-news]: asks every ten seconds
// what has changed. Rows change where they stand; what came is only announced.
import { count, sayCounts, sayFound } from "./desk_totals.js";
import { hasSelection } from "./desk_selection.js";

const EVERY = 10_000;
const table = document.querySelector("[data-desk-rows]");
let stamp = "";

const isBusy = () =>
  document.hidden || hasSelection() ||
  document.querySelector("dialog[open], details[data-menu][open]") ||
  document.activeElement?.matches("input:not([type=checkbox]), select, textarea");

async function ask() {
  const address = new URL(table.dataset.changes, location.href);
  const shown = [...table.querySelectorAll("[data-ticket]")].map((row) => row.dataset.ticket);
  address.searchParams.set("shown", shown.join(","));
  const headers = stamp ? { "If-None-Match": stamp } : {};
  const answer = await fetch(address, { headers, cache: "no-store", redirect: "error" });
  if (answer.status !== 200) return;
  const told = await answer.json();
  if (isBusy()) return;
  stamp = answer.headers.get("ETag") ?? "";
  apply(told);
}

function apply({ counts, found, rows, news }) {
  if (found) {
    sayCounts(counts);
    sayFound(found);
  } else {
    count().catch(() => {});
  }
  for (const [number, html] of Object.entries(rows)) put(number, html);
  const place = document.querySelector("[data-news]");
  if (place.textContent.trim() === news) return;
  place.replaceChildren();
  if (!news) return;
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: news });
  link.className = "btn btn-sm";
  place.append(link);
}

function put(number, html) {
  const old = document.getElementById(`ticket-${number}`);
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const row = template.content.firstElementChild;
  if (!old || !row) return;
  const focused = old.contains(document.activeElement) && document.activeElement;
  const selector = focused && (focused.matches("input") ? "input" : "th a");
  old.replaceWith(row);
  if (selector) row.querySelector(selector).focus();
}

if (table) {
  setInterval(() => {
    // A missed turn is made good by the next one.
    if (!isBusy()) ask().catch(() => {});
  }, EVERY);
}
