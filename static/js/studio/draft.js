// The survey in work: `draft.document`, changed by `draft.change(operations, {label})`,
// taken back by `draft.undo()`. Tells of it by the events "change" (operations, label,
// act, quiet), "saved" and "conflict"; saving.js sends what changed.
// <script type="application/json" id="studio-draft">{document, revision, by, at, used}</script>
import { apply } from "./changes.js";

const MOST = 300;
const TYPING = 1500; // milliseconds within which changes of one field are one step

class Draft extends EventTarget {
  #done = [];
  #undone = [];

  constructor(state) {
    super();
    Object.assign(this, state);
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  // `merge` names the field that is typed in; `quiet`: the panel need not be drawn anew.
  change(operations, { label = "", merge = "", quiet = false } = {}) {
    const back = this.#apply(operations);
    const last = this.#done.at(-1);
    const now = Date.now();
    if (merge && last?.merge === merge && now - last.when < TYPING) {
      Object.assign(last, { forth: operations, when: now });
    } else {
      this.#done.push({ label, merge, forth: operations, back, when: now });
      if (this.#done.length > MOST) this.#done.shift();
    }
    this.#undone = [];
    this.#tell("do", operations, label, quiet);
  }

  undo() {
    return this.#step(this.#done, this.#undone, "undo");
  }

  redo() {
    return this.#step(this.#undone, this.#done, "redo");
  }

  // What somebody else saved, or the server cleaned, takes the place of all there is.
  replace(state, { keepsHistory = false } = {}) {
    Object.assign(this, state);
    if (!keepsHistory) [this.#done, this.#undone] = [[], []];
    this.#tell("replace", [], "", false);
  }

  #step(from, to, act) {
    const entry = from.pop();
    if (!entry) return "";
    const operations = act === "undo" ? entry.back : entry.forth;
    const inverse = this.#apply(operations);
    to.push({ ...entry, merge: "", [act === "undo" ? "forth" : "back"]: inverse });
    this.#tell(act, operations, entry.label, false);
    return entry.label;
  }

  #apply(operations) {
    return operations.map((operation) => apply(this.document, operation)).reverse();
  }

  #tell(act, operations, label, quiet) {
    const detail = { act, operations, label, quiet };
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }
}

export const draft = new Draft(JSON.parse(document.getElementById("studio-draft").textContent));
