// Dragging, as one more way to do what buttons and keys do.
import Sortable from "../../vendor/sortable/sortable.esm.js";

// `onMove(id, from, to, target)`: places count without what moves; `target` is the list.
export function sortable(list, { onMove, group = "" }) {
  return Sortable.create(list, {
    group: group || undefined,
    handle: ".grip",
    draggable: "[data-id]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "is-dragged",
    onStart: () => document.body.classList.add("is-dragging"),
    onEnd: ({ item, from, to, oldIndex, oldDraggableIndex, newDraggableIndex }) => {
      document.body.classList.remove("is-dragging");
      if (from === to && oldDraggableIndex === newDraggableIndex) return;
      // Put back: what is drawn from the draft is arranged from where it was.
      item.remove();
      from.insertBefore(item, from.children[oldIndex] ?? null);
      onMove(item.dataset.id, oldDraggableIndex, newDraggableIndex, to);
    },
  });
}
