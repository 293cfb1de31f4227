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
    this.frame.addEventListener("load", () => this.settle());
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

  // In a language that the survey is offered in.
  speak(language) {
    const { languages } = draft.document;
    this.language = languages.includes(language) ? language : languages[0];
    for (const button of this.aside.querySelectorAll("[data-preview-language]")) {
      button.hidden = !languages.includes(button.dataset.previewLanguage);
      button.ariaPressed = String(button.dataset.previewLanguage === this.language);
    }
    this.load();
  }

  // The page is as wide as on its device; what is too wide for its place is made smaller.
  fit() {
    const scale = Math.min(1, this.stage.clientWidth / this.width);
    Object.assign(this.frame.style, {
      width: `${this.width}px`,
      height: `${this.stage.clientHeight / scale}px`,
      transform: `scale(${scale})`,
    });
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

  load(isStart = false) {
    this.isStale = false;
    const address = this.address(isStart);
    this.left = address === this.shown ? this.frame.contentWindow.scrollY : 0;
    this.shown = isStart ? "" : address;
    // Replaced, so that the browser's "back" does not go through every save.
    this.frame.contentWindow.location.replace(address);
  }

  // The same place as before; else the question that is being edited.
  settle() {
    const { contentWindow: page, contentDocument: inside } = this.frame;
    if (!inside) return;
    if (this.left) page.scrollTo(0, this.left);
    this.left = 0;
    const { kind, id } = places.open;
    if (kind !== "element" || !this.shown) return;
    inside.getElementById(`a-${id}-field`)?.scrollIntoView({ block: "nearest" });
  }
}
