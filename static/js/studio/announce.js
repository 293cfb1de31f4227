// <p data-announce role="status">: says what an act did, for eyes and screen readers.
const region = document.querySelector("[data-announce]");

export function announce(words) {
  // Emptied first, so that the same words twice are said twice.
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
}
