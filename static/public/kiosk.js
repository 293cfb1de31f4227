// The page around a kiosk's form (templates/surveys/kiosk.html): after the thanks, and
// after a time without a touch, it starts the form anew, so that nobody sees what
// somebody else began. Navigating inside the frame keeps the full screen.
const times = Object.fromEntries(["idle", "warn", "thanks"].map((name) => [name, Number(document.body.dataset[name])]));
const { scope } = document.body.dataset;
const at = (name) => document.querySelector(`[data-${name}]`);
const REFRESHED_EVERY = 600; // seconds; a page nobody touches shows what is live now
const TRIED_EVERY = 5;
const TOLD_EVERY = 10_000;

let frame = at("form");
const home = frame.src;
let begunAt = 0; // the customer's first touch
let touchedAt = Date.now();
let isAsking = false; // there is a form to fill in
let isLost = false; // what came is not ours: no connection, and nothing kept
let isOffline = false;

const fill = (place, values) => {
  const words = place.dataset.words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  if (place.textContent !== words) place.textContent = words;
};

function touched() {
  touchedAt = Date.now();
  if (begunAt) return;
  begunAt = touchedAt;
  // Counted as shown; without a connection the worker says so later.
  fetch(`${scope}?kiosk=begun`, { cache: "no-store" }).catch(() => {});
}

function startAnew() {
  // A new frame has no way back to what was written in the old one.
  const fresh = frame.cloneNode();
  fresh.src = home;
  forgetPage();
  frame.replaceWith(fresh);
  frame = fresh;
  begunAt = 0;
  touchedAt = Date.now();
  isAsking = false;
  at("still").close();
  at("again").hidden = true;
  watch();
}

// What the page itself remembers, to go on later on a device of one's own.
function forgetPage() {
  for (const store of [localStorage, sessionStorage]) {
    for (const key of Object.keys(store)) if (key.includes(scope)) store.removeItem(key);
  }
}

function watch() {
  frame.addEventListener("load", arrived);
  const page = frame.contentDocument;
  if (page?.readyState === "complete" && page.URL !== "about:blank") arrived();
}

function arrived() {
  const page = frame.contentDocument;
  isLost = !page?.querySelector("main");
  if (isLost) at("lost").showModal();
  else at("lost").close();
  touchedAt = Date.now();
  if (isLost) return;
  const [entry] = frame.contentWindow.performance.getEntriesByType("navigation");
  if (entry?.type === "back_forward") {
    startAnew();
    return;
  }
  isAsking = Boolean(page.querySelector("form[data-respond]"));
  at("again").hidden = isAsking && !begunAt;
  for (const type of ["pointerdown", "keydown", "input", "wheel"]) {
    page.addEventListener(type, touched, { capture: true, passive: true });
  }
  page.addEventListener("submit", checkOffline, true);
  page.addEventListener("submit", sayHowLong, true);
  keepForLater(page);
}

// What is wrong, the server says; without it, the browser has to, for what is kept with
// a mistake in it would be refused later, when nobody is there to mend it.
function checkOffline(event) {
  if (!isOffline || event.submitter?.value === "back") return;
  const wrong = [...event.target.elements].find((field) => !field.closest("[hidden]") && field.willValidate && !field.checkValidity());
  if (!wrong) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wrong.reportValidity();
}

// The page may have stood there for hours: only this page knows when it was begun.
function sayHowLong(event) {
  const took = event.target.elements.took ?? event.target.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "took" }));
  took.value = String(Math.round((Date.now() - begunAt) / 1000));
}

function tick() {
  const quiet = (Date.now() - touchedAt) / 1000;
  const asks = at("still");
  fill(at("next"), { seconds: Math.max(0, Math.ceil(times.thanks - quiet)) });
  at("next").hidden = isAsking || isLost;
  at("again").hidden = !begunAt || isLost;
  if (isLost) return quiet > TRIED_EVERY && startAnew();
  if (!isAsking) return quiet > times.thanks && startAnew();
  if (!begunAt) return quiet > REFRESHED_EVERY && startAnew();
  if (quiet > times.idle + times.warn) return startAnew();
  if (quiet > times.idle && !asks.open) asks.showModal();
  fill(asks.querySelector("p"), { seconds: Math.ceil(times.idle + times.warn - quiet) });
  return undefined;
}

function goOn() {
  at("still").close();
  touched();
  frame.focus();
}

const tellWorker = async (message) => (await navigator.serviceWorker?.ready)?.active?.postMessage(message);

// What is needed to go on without a connection, in every language of the survey.
function keepForLater(page) {
  const assets = (within) => [...within.querySelectorAll("script[src], link[rel=stylesheet], img[src]")].map((e) => e.src || e.href);
  const languages = [...page.querySelectorAll("a[hreflang]")].map((link) => link.href);
  tellWorker({ keep: [location.href, home, ...languages, ...assets(document), ...assets(page)] });
}

function hearWorker({ data }) {
  if (data.stays) {
    // The page was about to be left: its buttons wait for the next one.
    frame.contentWindow.dispatchEvent(new Event("pageshow"));
    isOffline = true;
    return;
  }
  const { kept, refused } = data;
  isOffline = data.isOffline;
  const place = at("kept");
  const words = [kept && place.dataset.words.replace("{kept}", kept), refused.length && place.dataset.refused.replace("{refused}", refused.length)];
  place.textContent = words.filter(Boolean).join(" · ");
  at("save").hidden = !refused.length;
  at("save").onclick = () => {
    const file = new Blob([JSON.stringify(refused, null, 2)], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "not-accepted.json" });
    link.click();
  };
}

at("still").querySelector("button").addEventListener("click", goOn);
at("still").addEventListener("cancel", goOn);
at("lost").addEventListener("cancel", (event) => event.preventDefault());
at("again").addEventListener("click", startAnew);
at("full").hidden = !document.fullscreenEnabled;
at("full").addEventListener("click", () => document.documentElement.requestFullscreen());
addEventListener("fullscreenchange", () => { at("full").hidden = Boolean(document.fullscreenElement); });
addEventListener("pageshow", (event) => event.persisted && startAnew());
addEventListener("online", () => tellWorker({ send: true }));
watch();
setInterval(tick, 250);
if (navigator.serviceWorker) {
  navigator.serviceWorker.addEventListener("message", hearWorker);
  navigator.serviceWorker.register("/s/kiosk-worker.js", { scope });
  setInterval(() => tellWorker({ send: true }), TOLD_EVERY);
  tellWorker({ send: true });
}
