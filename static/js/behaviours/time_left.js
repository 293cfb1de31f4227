// <time datetime="2026-03-02T09:00:00Z" data-time-left>3 h left</time>, with the words in
// <script type="application/json" id="time-left-words">; keeps counting while the page is
// open. Says what tickets/time_left.py says.
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const words = JSON.parse(document.getElementById("time-left-words")?.textContent ?? "null");

const put = (template, value) => template.replace("%s", value);

function duration(span) {
  const days = Math.floor(span / DAY);
  const hours = Math.floor((span % DAY) / HOUR);
  const minutes = Math.floor((span % HOUR) / MINUTE);
  const parts = [];
  if (days) parts.push(put(words.d, days));
  if (hours && days < 10) parts.push(put(words.h, hours));
  if (minutes && !days && hours < 10) parts.push(put(words.min, minutes));
  return parts.join(" ") || words.now;
}

function refresh() {
  for (const element of document.querySelectorAll("time[data-time-left]")) {
    const left = Date.parse(element.dateTime) - Date.now();
    const text = put(left < 0 ? words.overdue : words.left, duration(Math.abs(left)));
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("time-left-bad", left < 0);
    element.classList.toggle("time-left-warning", left >= 0 && left < 4 * HOUR);
  }
}

if (words) {
  refresh();
  setInterval(refresh, 15_000);
}
