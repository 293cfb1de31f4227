// <script type="module" src="…" data-host="https://shop.example" data-state="asks">:
// a respondents' page in a frame of that site talks to it, and to nobody else. What is
// said is written down in docs/embedding.md.
const { host, state } = document.querySelector("script[data-host]").dataset;
const root = document.documentElement;

// The frame is the card already, but where it covers the whole window.
const sheet = new CSSStyleSheet();
if (new URLSearchParams(location.search).get("embed") !== "page") {
  sheet.replaceSync("html, body { min-height: 0 !important; } main { max-width: none !important; margin: 0 !important; border-radius: 0 !important; box-shadow: none !important; }");
}
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

// Other sites do not let themselves be framed: a way to them leaves the frame.
for (const link of document.links) if (link.origin !== location.origin) link.target = "_top";

const say = (type, more) => parent.postMessage({ cem: 1, type, ...more }, host);

function hear({ origin, source, data }) {
  if (origin !== host || source !== parent || data?.cem !== 1 || data.type !== "set") return;
  for (const [name, value] of Object.entries(data.fields ?? {})) {
    const field = document.getElementsByName(`h-${name}`)[0];
    if (field) field.value = String(value).slice(0, 200);
  }
}

if (host && parent !== window) {
  addEventListener("message", hear);
  say("ready");
  // Browsers let no frame of another site take the focus by itself; one that has it may
  // lead it to what is new.
  if (document.hasFocus()) document.querySelector("[autofocus]")?.focus();
  if (state === "thanks") say("answered");
  new ResizeObserver(() => say("height", { height: Math.ceil(root.getBoundingClientRect().height) })).observe(root);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) say("close");
  });
}
