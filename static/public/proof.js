// Works out a small sum while somebody writes, so that answers in bulk cost their sender
// something (surveys/proof_of_work.py). Nothing is shown or asked. HTML expected, in the form:
// <p role="status"></p><input type="hidden" name="altcha" data-proof="{…}" data-wait="words">

const TOGETHER = 250;
const PATIENCE = 2000; // milliseconds; who waits for longer is told why

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

async function find({ salt, challenge, maxnumber }) {
  const coder = new TextEncoder();
  const wanted = bytesOf(challenge);
  const isWanted = (digest) => new Uint8Array(digest).every((byte, at) => byte === wanted[at]);
  for (let first = 0; first <= maxnumber; first += TOGETHER) {
    const tried = Array.from({ length: TOGETHER }, (_, n) =>
      crypto.subtle.digest("SHA-256", coder.encode(salt + (first + n))));
    const at = (await Promise.all(tried)).findIndex(isWanted);
    if (at >= 0) return first + at;
  }
  throw new Error("no number fits");
}

function prove(field) {
  const { form } = field;
  const proof = JSON.parse(field.dataset.proof);
  const note = field.previousElementSibling;
  let solving;
  let isOver = false;

  async function solve() {
    try {
      const number = await find(proof);
      const { algorithm, challenge, salt, signature } = proof;
      field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    } catch {
      // Without a secure connection a browser cannot do it: the answer goes as it is.
    }
    isOver = true;
  }

  const start = () => (solving ??= solve());

  form.addEventListener("input", start, { once: true });
  form.addEventListener("submit", async (event) => {
    if (isOver || event.submitter?.value === "back") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const told = setTimeout(() => { note.textContent = field.dataset.wait; }, PATIENCE);
    await start();
    clearTimeout(told);
    note.textContent = "";
    form.ariaBusy = null;
    form.requestSubmit(event.submitter);
  }, true);
}

// A preview carries no sum.
document.querySelectorAll(`input[data-proof]:not([data-proof=""])`).forEach(prove);
