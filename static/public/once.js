// Tells whoever has answered on this device that they have; they may go on all the same.
// HTML expected: <div data-answered hidden>…<button></div> before <form data-respond>, and
// <div data-ending> on the page that thanks. Nothing leaves the device.

const key = `cem-answered:${location.pathname}`;
const query = new URLSearchParams(location.search);
const notice = document.querySelector("[data-answered]");
const form = document.querySelector("form[data-respond]");

function remembered() {
  try {
    return localStorage[key];
  } catch {
    return undefined; // forbidden here
  }
}

function remember() {
  try {
    localStorage[key] = 1;
  } catch {
    // Forbidden here: then the device does not remember.
  }
}

// A kiosk is everybody's device, and a test is no answer.
const isEverybodys = query.has("kiosk") || query.has("test");
if (!isEverybodys && document.querySelector("[data-ending]")) remember();
// Who comes back to mend an answer has not sent it yet.
const isMending = document.querySelector(".summary") !== null;
if (!isEverybodys && notice && form && !isMending && remembered()) {
  notice.hidden = false;
  form.hidden = true;
  notice.querySelector("button").addEventListener("click", () => {
    notice.hidden = true;
    form.hidden = false;
    document.querySelector("h1").focus();
  });
}
