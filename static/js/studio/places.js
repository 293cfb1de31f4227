// Which part of the survey is open: {kind, id}; kept in the address: #element=q1.
// <a data-jump='["pages", 0, "elements", 2, "text"]'> opens what the path leads to.
import { at } from "./changes.js";
import { draft } from "./draft.js";

class Places extends EventTarget {
  open = { kind: "page", id: draft.document.pages[0].id };
  page = draft.document.pages[0].id;

  // `focus`: "text" puts the cursor into the first field, "heading" onto the heading.
  to(kind, id = "", focus = "") {
    this.open = { kind, id };
    this.settle();
    history.replaceState(history.state, "", id ? `#${kind}=${id}` : `#${kind}`);
    this.dispatchEvent(new CustomEvent("change", { detail: { focus } }));
  }

  isOpen(kind, id = "") {
    return this.open.kind === kind && this.open.id === id;
  }

  // What is gone is open no longer; an open element's page is the open page.
  settle() {
    const { kind, id } = this.open;
    const { pages, endings } = draft.document;
    if (kind === "element") this.page = pageOf(id)?.id ?? this.page;
    if (kind === "page" && pages.some((page) => page.id === id)) this.page = id;
    if (!pages.some((page) => page.id === this.page)) this.page = pages[0].id;
    const isGone =
      (kind === "element" && !pageOf(id)) ||
      (kind === "page" && this.page !== id) ||
      (kind === "ending" && !endings.some((ending) => ending.id === id));
    if (isGone) this.open = { kind: "page", id: this.page };
  }
}

export const places = new Places();

export function pageOf(elementId) {
  return draft.document.pages.find((page) => page.elements.some((element) => element.id === elementId));
}

export function elementOf(id) {
  return draft.document.pages.flatMap((page) => page.elements).find((element) => element.id === id);
}

export function pathOf(elementId) {
  return ["pages", pageOf(elementId)?.id, "elements", elementId];
}

export function openHash() {
  const [kind, id = ""] = location.hash.slice(1).split("=");
  if (["page", "element", "ending", "quotas", "data", "settings"].includes(kind)) places.to(kind, id);
}

// A path of the server leads by places in lists, perhaps with names of kinds in between.
export function jump(path) {
  const [first, number, inner, place] = path;
  const { document } = draft;
  const key = (list, one) => (typeof one === "number" ? at(document, list)?.[one]?.id : one);
  if (first === "elements") return places.to("element", number, "text");
  if (first === "endings") return places.to("ending", key(["endings"], number), "text");
  if (first === "quotas") return places.to("quotas", "", "heading");
  if (first === "variables" || first === "hidden_fields") return places.to("data", "", "heading");
  if (first !== "pages") return places.to("settings", "", "heading");
  const page = key(["pages"], number);
  const element = inner === "elements" && key(["pages", page, "elements"], place);
  return element ? places.to("element", element, "text") : places.to("page", page, "text");
}

addEventListener("hashchange", openHash);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-jump]");
  if (!link) return;
  event.preventDefault();
  jump(link.dataset.jump.startsWith("[") ? JSON.parse(link.dataset.jump) : dotted(link.dataset.jump));
});

function dotted(path) {
  return path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}
