// A link followed while something is unsaved waits until it is saved.
import { saving } from "./saving.js";

export function startLeaving() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const stays = !link || link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#");
    if (stays || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || saving.isSaved) return;
    event.preventDefault();
    await saving.flush();
    // What could not be saved is asked about by the browser itself.
    location.href = link.href;
  });
}
