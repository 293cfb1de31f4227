// <aside data-preview="/surveys/1/preview/page/"> with an iframe: the draft as customers
// see it. Follows each save, the open page, question or ending, and the language.
import { draft } from "./draft.js";
import { editing } from "./editing.js";
import { places } from "./places.js";

const WAIT = 150; // milliseconds

export function startPreview() {
  const aside = document.querySelector("[data-preview]");
  if (aside) new Preview(aside).start();
}

class Preview {
  width = 390;
  language = editing.language;
  shown = "";
  isStale = false;

  constructor(aside) {
    this.aside = aside;
    this.frame = aside.querySelector("iframe");
    this.stage = this.frame.parentElement;
  }

  start() {
    this.aside.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    draft.addEventListener("saved", () => {
      this.isStale = true;
      this.soon();
    });
    places.addEventListener("change", () => this.soon());
    editing.addEventListener("change", () => this.speak(editing.language));
    new ResizeObserver(() => this.fit()).observe(this.stage);
    this.speak(this.language);
  }

  press(button) {
    if (!button) return;
    const { width, previewLanguage } = button.dataset;
    if (width) this.widen(Number(width));
    else if (previewLanguage) this.speak(previewLanguage);
    else this.load(true);
  }

  widen(width) {
    this.width = width;
    for (const button of this.aside.querySelectorAll("[data-width]")) {
      button.ariaPressed = String(Number(button.dataset.width) === width);
    }
    this.fit();
  }

  speak(language) {
    this.language = language;
    this.load();
  }

  // In a language that the survey is offered in.
  offer() {
    const { languages } = draft.document;
    if (!languages.includes(this.language)) [this.language] = languages;
    for (const button of this.aside.querySelectorAll("[data-preview-language]")) {
      button.hidden = !languages.includes(button.dataset.previewLanguage);
      button.ariaPressed = String(button.dataset.previewLanguage === this.language);
    }
  }

  // The page is as wide as on its device; what is too wide for its place is made smaller.
  fit() {
    const scale = Math.min(1, this.stage.clientWidth / this.width);
    for (const { style } of this.stage.querySelectorAll("iframe")) {
      style.width = `${this.width}px`;
      style.height = `${this.stage.clientHeight / scale}px`;
      style.transform = `scale(${scale})`;
    }
  }

  // After the paint of what was done, and once for several acts.
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.follow(), WAIT);
  }

  follow() {
    if (!this.isStale && this.address() === this.shown) this.settle();
    else this.load();
  }

  address(isStart = false) {
    const query = new URLSearchParams({ lang: this.language });
    const { kind, id } = places.open;
    if (kind === "ending") query.set("ending", id);
    else if (!isStart) query.set("at", places.page);
    return `${this.aside.dataset.preview}?${query}`;
  }

  // What is shown stays until what takes its place is there, or every save would flicker.
  load(isStart = false) {
    this.isStale = false;
    this.offer();
    const address = this.address(isStart);
    const left = address === this.shown ? this.frame.contentWindow.scrollY : 0;
    this.shown = isStart ? "" : address;
    this.coming?.remove();
    const coming = document.createElement("iframe");
    Object.assign(coming, { title: this.frame.title, src: address });
    coming.dataset.coming = "";
    coming.addEventListener("load", () => this.swap(coming, left), { once: true });
    this.coming = coming;
    this.stage.append(coming);
    this.fit();
  }

  swap(coming, left) {
    if (coming !== this.coming) return;
    coming.contentWindow.scrollTo(0, left);
    delete coming.dataset.coming;
    this.frame.remove();
    this.frame = coming;
    this.coming = null;
    this.settle();
  }

  // The question that is being edited comes into view.
  settle() {
    const { kind, id } = places.open;
    if (kind !== "element" || !this.shown) return;
    this.frame.contentDocument?.getElementById(`a-${id}-field`)?.scrollIntoView({ block: "nearest" });
  }
}
