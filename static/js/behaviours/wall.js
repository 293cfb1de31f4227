// <main id="live" data-wall-next="address" data-wall-seconds="60"> on a wall screen: a
// board that is higher than the screen is shown screen after screen, then the next board
// comes into this page, for a browser leaves full screen with a new one.
// [data-full-screen] is the button that begins it; the screen stays awake where it may.
const button = document.querySelector("[data-full-screen]");
let timer = 0;

function wait() {
  const { wallNext, wallSeconds } = document.getElementById("live").dataset;
  clearTimeout(timer);
  timer = setTimeout(() => goOn(wallNext).catch(wait), Number(wallSeconds) * 1000);
}

async function goOn(next) {
  const { scrollTop, clientHeight, scrollHeight } = document.scrollingElement;
  const isAtEnd = scrollTop + clientHeight >= scrollHeight - 8;
  if (isAtEnd && next) await turn(next);
  scrollTo({ top: isAtEnd ? 0 : scrollTop + clientHeight * 0.9, behavior: "instant" });
  wait();
}

async function turn(address) {
  const answer = await fetch(address, { cache: "no-store", redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  history.replaceState(null, "", address);
  document.title = next.title;
  const here = document.getElementById("live");
  const fresh = next.querySelector("[data-fresh]");
  here.replaceWith(next.getElementById("live"));
  document.querySelector("[data-fresh]").replaceWith(fresh);
  document.getElementById("live").dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}

const awake = () => navigator.wakeLock?.request("screen").catch(() => {});

if (document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", () => document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => (button.hidden = Boolean(document.fullscreenElement)));
}
document.addEventListener("visibilitychange", awake);
awake();
wait();
