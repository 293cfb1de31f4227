// h("button", {class: "btn", onclick: act, hidden: true}, "Words", node): a new element.
// Properties that are null, undefined or false are left out.
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Fills the node anew; focus and cursor stay where an element of the same id is there again.
export function refill(node, ...children) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const [id, start, end] = [focused?.id, focused?.selectionStart, focused?.selectionEnd];
  node.replaceChildren(...children.flat().filter(Boolean));
  const again = id && document.getElementById(id);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typeof start === "number" && typeof again.selectionStart === "number")
    again.setSelectionRange(start, end);
}
