// <div data-fresh="/dashboards/fresh/" data-stamp='"…"'> of `dashboards/_fresh.html`, with
// <p data-fresh-lost hidden>: asks every two seconds whether something was counted (304:
// no) and then puts the newest numbers into #live, which keeps its open details, its focus
// and its scroll places. Not while somebody types, a menu or a dialog is open, or the page
// lies in the background: then as soon as that is over.
import { replaceLive } from "../fresh/live.js";

const EVERY = 2000;
const AFTER_NEWS = 3000;
const AGAIN = 8000;
const LOST_AFTER = 3;
// Asked for anew each time, with the stamp that it carries: a wall screen changes boards.
const place = () => document.querySelector("[data-fresh]");
let failures = 0;

const isBusy = () =>
  document.hidden ||
  document.querySelector("dialog[open], details[data-menu][open], [data-busy]") ||
  document.activeElement?.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable=true]");

async function ask() {
  const asked = place();
  const { stamp } = asked.dataset;
  const headers = stamp ? { "If-None-Match": stamp } : {};
  const answer = await fetch(asked.dataset.fresh, { headers, cache: "no-store", redirect: "error" });
  if (answer.status === 304) return false;
  if (!answer.ok) throw new Error(String(answer.status));
  const isNews = Boolean(stamp);
  const newest = answer.headers.get("ETag") ?? "";
  if (isNews) {
    const page = await fetch(location.href, { cache: "no-store", redirect: "error" });
    if (!page.ok) throw new Error(String(page.status));
    const html = await page.text();
    if (isBusy() || asked !== place()) return false; // the stamp stays the old one: it is asked again
    replaceLive(html);
  }
  asked.dataset.stamp = newest;
  return isNews;
}

async function turn() {
  let wait = EVERY;
  try {
    if (!isBusy()) {
      if (await ask()) wait = AFTER_NEWS;
      failures = 0;
    }
  } catch {
    failures += 1;
    wait = AGAIN;
  }
  const lost = place().querySelector("[data-fresh-lost]");
  lost.hidden = failures < LOST_AFTER;
  setTimeout(turn, wait);
}

if (place()) turn();
