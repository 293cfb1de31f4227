// <a href="/confirm/" data-ask="dialog-id">: opens the dialog instead of the page.
// <button type="button" data-ask-close> inside it closes it. Without JavaScript the
// link leads to a page that asks the same.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-ask]");
  const dialog = opener && document.getElementById(opener.dataset.ask);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  event.target.closest("[data-ask-close]")?.closest("dialog").close();
});
