// Sends what changed a moment after it changed, one request at a time. Says how it stands
// by `saving.state`: saved, waiting, saving, failed, refused, conflict, signed_out.
import { draft } from "./draft.js";
import { same } from "./same.js";
import { ask, send } from "./sending.js";

const WAIT = 700;
const AGAIN = [2000, 5000, 15000, 30000];

class Saving extends EventTarget {
  state = "saved";
  problem = null;
  #queue = [];
  #flight = null;
  #timer = 0;
  #failures = 0;

  get isSaved() {
    return this.#queue.length === 0 && this.#flight === null;
  }

  add(operations) {
    for (const operation of operations) {
      const last = this.#queue.at(-1);
      const isSameField = last?.op === "set" && operation.op === "set" && same(last.path, operation.path);
      if (isSameField) this.#queue.pop();
      this.#queue.push(structuredClone(operation));
    }
    if (this.state !== "conflict") this.#later(WAIT, "waiting");
  }

  forget() {
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#to("saved");
  }

  // Everything sent; whether it was kept.
  async flush() {
    clearTimeout(this.#timer);
    while (this.#flight) await this.#flight;
    if (this.#queue.length && this.state !== "conflict") await this.#save();
    return this.isSaved;
  }

  // The page goes away: the browser sends the rest on its own.
  leave() {
    if (this.#queue.length && !this.#flight) send(draft.revision, this.#queue, { keepalive: true });
  }

  #later(wait, state) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), wait);
    if (!this.#flight) this.#to(state);
  }

  async #save() {
    clearTimeout(this.#timer);
    if (this.#flight || !this.#queue.length) return;
    const sent = this.#queue;
    this.#queue = [];
    this.#to("saving");
    this.#flight = send(draft.revision, sent);
    const answer = await this.#flight;
    this.#flight = null;
    this.#read(answer, sent);
  }

  #read({ status, body }, sent) {
    if (status !== 200) this.#queue = [...sent, ...this.#queue];
    if (status === 200) this.#kept(body);
    else if (status === 409) this.#stale(body);
    else if (status === 422 || status === 400) this.#to("refused", body);
    else if (status === 401) this.#to("signed_out");
    else this.#later(AGAIN[Math.min(this.#failures++, AGAIN.length - 1)], "failed");
  }

  #kept({ revision, by, at, document }) {
    this.#failures = 0;
    Object.assign(draft, { revision, by, at });
    if (document && !this.#queue.length) draft.replace({ document }, { keepsHistory: true });
    if (this.#queue.length) this.#later(WAIT, "waiting");
    else this.#to("saved");
    draft.dispatchEvent(new CustomEvent("saved", { detail: { revision } }));
  }

  // An answer that got lost on its way back leaves the draft as it is here: no conflict.
  #stale(body) {
    if (same(body.document, draft.document)) {
      this.#queue = [];
      this.#kept({ ...body, document: null });
      return;
    }
    this.#to("conflict", body);
    draft.dispatchEvent(new CustomEvent("conflict", { detail: body }));
  }

  #to(state, problem = null) {
    Object.assign(this, { state, problem });
    this.dispatchEvent(new Event("state"));
  }
}

export const saving = new Saving();

draft.addEventListener("change", ({ detail }) => {
  if (detail.operations.length) saving.add(detail.operations);
});
addEventListener("online", () => saving.flush());
addEventListener("pagehide", () => saving.leave());
addEventListener("beforeunload", (event) => {
  if (!saving.isSaved) event.preventDefault();
});

// What somebody else saved takes the place of what is here.
export async function takeTheirs() {
  const { body } = await ask();
  saving.forget();
  draft.replace(body);
}
