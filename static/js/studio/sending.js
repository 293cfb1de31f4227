// The draft's own address: <div data-studio data-address="/surveys/1/draft/" data-csrf="…">.
// Answers {status, body}; status 0 where nobody answered, 401 where one has to sign in.
const root = document.querySelector("[data-studio]");
const { address } = root.dataset;
let { csrf } = root.dataset;

export async function send(revision, changes, more = {}) {
  const first = await post(JSON.stringify({ revision, changes }), more);
  if (first.status !== 403) return first;
  // Somebody signed in anew in another tab: this page's token is the old one.
  const fresh = await ask();
  if (fresh.status !== 200) return fresh;
  csrf = fresh.body.csrf;
  return post(JSON.stringify({ revision, changes }), more);
}

export function ask() {
  return read(fetch(address, { headers: { Accept: "application/json" } }));
}

// A form of the page, saved on its own.
export function sendForm(to, form) {
  return read(fetch(to, { method: "POST", headers: { "X-CSRFToken": csrf }, body: new FormData(form) }));
}

function post(body, more) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  return read(fetch(address, { method: "POST", headers, body, ...more }));
}

async function read(request) {
  try {
    const response = await request;
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (isJson) return { status: response.status, body: await response.json() };
    return { status: response.redirected ? 401 : response.status === 200 ? 500 : response.status, body: {} };
  } catch {
    return { status: 0, body: {} };
  }
}

export function uploadPicture(file) {
  const body = new FormData();
  body.append("file", file);
  return read(fetch(root.dataset.pictures, { method: "POST", headers: { "X-CSRFToken": csrf }, body }));
}
