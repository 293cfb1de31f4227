// Puts the nodes into the list in this order, moving as few as it can; focus stays.
export function arrange(list, nodes) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, place) => {
    const child = list.children[place];
    if (child === node) return;
    // One that went further down: the others need not move up one by one.
    if (child && child.nextElementSibling === node) list.append(child);
    else list.insertBefore(node, child ?? null);
  });
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}
