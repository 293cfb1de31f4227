// <body data-sign-in="/accounts/login/">: when a session ended meanwhile, htmx would
// put the sign-in page into a region of this one. Go there instead, and come back.
document.addEventListener("htmx:beforeSwap", (event) => {
  const signIn = document.body.dataset.signIn;
  const answered = event.detail.xhr.responseURL;
  if (!signIn || !answered || new URL(answered).pathname !== signIn) return;
  event.detail.shouldSwap = false;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${signIn}?next=${encodeURIComponent(here)}`);
});
