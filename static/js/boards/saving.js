// Sends where the tiles stand a moment after they moved, one request at a time, and says
// how it stands in [data-save-state]. 409: somebody was faster; [data-conflict] says so.
const WAIT = 500;
const AGAIN = 5000;
const place = document.querySelector("[data-save-state]");
const versions = () => document.querySelectorAll("input[name=version]");

export class Saving {
  #address;
  #places;
  #timer = 0;
  #flight = null;
  #waits = false;
  #over = false;

  constructor(address, places) {
    this.#address = address;
    this.#places = places;
    addEventListener("beforeunload", (event) => {
      if (!this.isSaved && !this.#over) event.preventDefault();
    });
    document.addEventListener("submit", (event) => this.#first(event));
  }

  get isSaved() {
    return !this.#waits && !this.#flight;
  }

  soon(wait = WAIT) {
    if (this.#over) return;
    this.#waits = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  async flush() {
    clearTimeout(this.#timer);
    await this.#flight;
    if (!this.#waits || this.#over) return;
    this.#waits = false;
    place.textContent = place.dataset.saving;
    this.#flight = this.#send().finally(() => (this.#flight = null));
    await this.#flight;
  }

  async #send() {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const version = Number(versions()[0].value);
    try {
      const answer = await fetch(this.#address, {
        method: "POST", redirect: "error",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ version, places: this.#places() }),
      });
      const said = await answer.json();
      if (answer.ok) this.#kept(said);
      else this.#refused(said.sentence);
    } catch {
      place.textContent = place.dataset.failed;
      this.soon(AGAIN);
    }
  }

  #kept({ version, can_undo, can_redo }) {
    for (const field of versions()) field.value = version;
    document.querySelector("[data-undo] button").disabled = !can_undo;
    document.querySelector("[data-redo] button").disabled = !can_redo;
    place.textContent = place.dataset.saved;
  }

  #refused(sentence) {
    this.#over = true;
    const conflict = document.querySelector("[data-conflict]");
    conflict.querySelector("[data-conflict-words]").textContent = sentence;
    conflict.hidden = false;
    place.textContent = "";
  }

  // A form carries the version: what is still on its way goes before it.
  async #first(event) {
    if (this.isSaved || event.defaultPrevented) return;
    event.preventDefault();
    await this.flush();
    if (this.isSaved && !this.#over) event.target.requestSubmit(event.submitter);
  }
}
