// The form works without this file. It adds two comforts:
// <form data-respond> sends once, however often the button is pressed;
// <textarea maxlength data-left="{left} characters left"> says how much room is left.

function sendOnce(form) {
  const button = form.querySelector("button[type=submit]");
  const words = button.textContent;
  form.addEventListener("submit", (event) => {
    if (button.ariaDisabled === "true") {
      event.preventDefault();
      return;
    }
    button.ariaDisabled = "true";
    button.textContent = button.dataset.busy;
  });
  // Coming back to the page, it can be sent again: the answers are stored once anyway.
  addEventListener("pageshow", () => {
    button.ariaDisabled = "false";
    button.textContent = words;
  });
}

function countRoom(area) {
  const note = document.createElement("p");
  note.className = "left";
  area.after(note);
  const tell = () => {
    const left = area.maxLength - area.value.length;
    // Said only near the end, so that a screen reader is not interrupted all the time.
    const matters = left <= area.maxLength / 10;
    note.ariaLive = matters ? "polite" : "off";
    note.textContent = matters || area.value ? area.dataset.left.replace("{left}", left) : "";
  };
  area.addEventListener("input", tell);
  tell();
}

document.querySelectorAll("form[data-respond]").forEach(sendOnce);
document.querySelectorAll("textarea[data-left]").forEach(countRoom);
