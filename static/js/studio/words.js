// <script type="application/json" id="studio-words">{"key": "Words with {place}"}</script>
const words = JSON.parse(document.getElementById("studio-words").textContent);

export function say(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}

// Words that a shared script brings its own shape for.
export function wordsFor(name) {
  return words[name];
}
