/* <form data-theme-form> <p data-theme-ratio data-enough="… {ratio} …" data-too-little="…"
   data-hidden-accent="…"></p> …</form>
   <section data-theme-sample hidden><div data-theme-stage><img data-theme-logo></div></section>
   The sample follows the form; the ratio is that of WCAG 2.2, as in surveys/contrast.py. */

const form = document.querySelector("[data-theme-form]");
const sample = document.querySelector("[data-theme-sample]");
const FONTS = {
  system: "system-ui, sans-serif",
  serif: "Georgia, 'Songti SC', SimSun, serif",
  rounded: "ui-rounded, 'Arial Rounded MT Bold', 'Yuanti SC', system-ui, sans-serif",
  mono: "ui-monospace, Consolas, monospace",
};
const CORNERS = { square: "0", soft: "8px", round: "22px" };

function luminance(color) {
  const channels = [1, 3, 5].map((place) => {
    const channel = Number.parseInt(color.slice(place, place + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

// Rounded down: 4.49 is not enough, and must not be shown as 4.5.
const shown = (ratio) => (Math.floor(ratio * 10) / 10).toFixed(1);

function say(accent, background, text) {
  const ratio = contrast(text, background);
  const beside = contrast(accent, background);
  const place = form.querySelector("[data-theme-ratio]");
  let words = place.dataset.enough.replace("{ratio}", shown(ratio));
  if (ratio < 4.5) words = place.dataset.tooLittle.replace("{ratio}", shown(ratio));
  else if (beside < 3) words = place.dataset.hiddenAccent.replace("{ratio}", shown(beside));
  if (place.textContent !== words) place.textContent = words;
  place.classList.toggle("text-danger", ratio < 4.5 || beside < 3);
}

function follow() {
  const value = (name) => form.elements[name].value;
  const [accent, background, text] = ["accent", "background", "text"].map(value);
  const style = sample.querySelector("[data-theme-stage]").style;
  style.setProperty("--accent", accent);
  style.setProperty("--on-accent", contrast("#ffffff", accent) >= 4.5 ? "#fff" : "#000");
  style.setProperty("--back", background);
  style.setProperty("--ink", text);
  style.setProperty("--face", FONTS[value("font")]);
  style.setProperty("--corner", CORNERS[value("corners")]);
  say(accent, background, text);
}

function showLogo() {
  const image = sample.querySelector("[data-theme-logo]");
  const file = form.elements.logo.files[0];
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    image.src = reader.result;
    image.hidden = false;
  });
  // The page's policy lets pictures come from itself and from data addresses.
  if (file) reader.readAsDataURL(file);
}

sample.hidden = false;
form.addEventListener("input", follow);
form.elements.logo.addEventListener("change", showLogo);
follow();
