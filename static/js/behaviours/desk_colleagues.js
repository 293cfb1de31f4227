// <p role="status" data-colleagues="/tickets/7/colleagues/">: tells the server every few
// seconds that this page is open, or that somebody writes in one of its forms, and says
// who else is here.
const EVERY = 4_000;
const place = document.querySelector("[data-colleagues]");

const isWriting = () =>
  [...document.querySelectorAll("main form[method=post] textarea")].some(
    (area) => area.value !== area.defaultValue,
  );

function tell(doing, keepalive = false) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const body = new URLSearchParams({ doing });
  const headers = { "X-CSRFToken": token };
  return fetch(place.dataset.colleagues, { method: "POST", headers, body, keepalive, redirect: "error" });
}

async function ask() {
  if (document.hidden) return;
  const answer = await tell(isWriting() ? "writing" : "reading");
  if (!answer.ok) return;
  const { words, is_collision: isCollision } = await answer.json();
  if (place.textContent !== words) place.textContent = words;
  place.classList.toggle("colleagues-writing", isCollision);
}

if (place) {
  // A missed turn is made good by the next one.
  const next = () => ask().catch(() => {});
  next();
  setInterval(next, EVERY);
  document.addEventListener("visibilitychange", next);
  addEventListener("pagehide", () => tell("gone", true).catch(() => {}));
}
