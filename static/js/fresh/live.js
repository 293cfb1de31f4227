// Puts a newer page's #live in the place of this page's. Of two pages that differ in some
// cards only, only these cards are replaced, so that charts do not flicker.
const CARDS = "article, figure, .card";
let served = null;

export function replaceLive(html) {
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  const here = document.getElementById("live");
  if (!next || !here) return;
  const old = served;
  served = next.cloneNode(true);
  const kept = remember(here);
  if (!(old && swapCards(here, old, next))) here.replaceChildren(...next.childNodes);
  restore(here, kept);
  // Whoever decorates what htmx brings, decorates this too.
  here.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}

const outermost = (live) => [...live.querySelectorAll(CARDS)].filter((card) => !card.parentElement.closest(CARDS));

function frameOf(live, cards) {
  const marked = new Set(cards);
  const write = (node) => {
    if (marked.has(node)) return "¤";
    if (node.nodeType !== Node.ELEMENT_NODE) return node.textContent;
    return `${node.cloneNode(false).outerHTML}${[...node.childNodes].map(write).join("")}`;
  };
  return write(live);
}

function swapCards(here, old, next) {
  const [shown, before, after] = [here, old, next].map(outermost);
  if (shown.length !== before.length || before.length !== after.length) return false;
  if (frameOf(old, before) !== frameOf(next, after)) return false;
  after.forEach((card, at) => {
    if (!card.isEqualNode(before[at])) shown[at].replaceWith(card);
  });
  return true;
}

// By their order and words: the new elements are others.
const openable = (live) => [...live.querySelectorAll("details")];
const wordsOf = (element) => element?.textContent.trim() ?? "";
const focusable = (live) => [...live.querySelectorAll("a, button, summary, input, select, [tabindex]")];

function remember(live) {
  const active = live.contains(document.activeElement) ? document.activeElement : null;
  return {
    open: new Set(openable(live).filter((one) => one.open).map((one) => nameOf(one, live))),
    focus: active && { at: focusable(live).indexOf(active), id: active.id },
    scrolled: [...live.querySelectorAll("[tabindex], .grid-stack-item-content")]
      .map((one, at) => ({ at, top: one.scrollTop, left: one.scrollLeft }))
      .filter(({ top, left }) => top || left),
    window: [scrollX, scrollY],
  };
}

const nameOf = (details, live) => `${openable(live).indexOf(details)} ${wordsOf(details.querySelector("summary"))}`;

function restore(live, { open, focus, scrolled, window: [x, y] }) {
  for (const one of openable(live)) if (open.has(nameOf(one, live))) one.open = true;
  const places = [...live.querySelectorAll("[tabindex], .grid-stack-item-content")];
  for (const { at, top, left } of scrolled) places[at]?.scrollTo({ top, left, behavior: "instant" });
  if (focus && !live.contains(document.activeElement)) {
    const again = (focus.id && document.getElementById(focus.id)) || focusable(live)[focus.at];
    again?.focus({ preventScroll: true });
  }
  scrollTo({ left: x, top: y, behavior: "instant" });
}
