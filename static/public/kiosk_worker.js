// A kiosk's service worker: the form is there without a connection, and what is answered
// then is kept and sent later, once each. A response id made by the server comes with
// every form, so sending twice stores once.
const CACHE = `cem-kiosk ${registration.scope}`;
const LEAST_STOCK = 150;
const PATIENCE = 10_000; // a connection that says nothing for so long is none
const PAUSE = 1_500; // between two kept answers: others may answer meanwhile
const TOKEN = /name="form" value="([^"]*)"/;
let isOffline = false;
const TRY_LATER = new Set([408, 409, 425, 429]);

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("sync", (event) => event.waitUntil(sendKept()));
addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keepPages(event.data.keep));
  if (event.data.send) event.waitUntil(lookAround());
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isPage = request.mode === "navigate" && url.searchParams.has("kiosk");
  if (isPage && request.method === "POST") event.respondWith(sendNow(request, event));
  else if (isPage) event.respondWith(page(request.url));
  else if (request.method === "GET" && url.origin === location.origin && !url.pathname.startsWith("/s/")) event.respondWith(asset(request));
});

// The store: `kept` are answers to send, `stock` unused tokens -----------------------

const database = new Promise((resolve, reject) => {
  const opening = indexedDB.open(CACHE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("kept", { keyPath: "form" });
    opening.result.createObjectStore("stock", { keyPath: "form" });
  };
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});

async function inStore(name, act) {
  const store = (await database).transaction(name, "readwrite", { durability: "strict" }).objectStore(name);
  const request = act(store);
  return new Promise((resolve, reject) => {
    store.transaction.oncomplete = () => resolve(request.result);
    store.transaction.onerror = () => reject(store.transaction.error);
  });
}

// Pages ------------------------------------------------------------------------------

const get = (address) => fetch(address, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
const beside = (kind, address) => {
  const language = new URL(address).searchParams.get("lang");
  return `${registration.scope}?kiosk=${kind}${language ? `&lang=${language}` : ""}`;
};

async function page(address) {
  try {
    const fresh = await get(address);
    if (fresh.ok) await (await caches.open(CACHE)).put(address, fresh.clone());
    if (fresh.status < 500) return fresh;
  } catch { /* no connection */ }
  return pageWithout(address);
}

async function pageWithout(address) {
  const kept = await caches.match(address, { cacheName: CACHE });
  if (!kept) return Response.error();
  const html = await kept.text();
  const shown = TOKEN.exec(html);
  const headers = new Headers(kept.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  if (!shown) return new Response(html, { headers });
  const token = await takeToken(shown[1].split(".")[1]);
  if (!token) return (await caches.match(beside("full", address), { cacheName: CACHE })) ?? Response.error();
  return new Response(html.replaceAll(shown[1], token), { headers });
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request.url, { cacheName: CACHE })) ?? Response.error();
  }
}

async function keepPages(addresses) {
  const cache = await caches.open(CACHE);
  const pages = addresses.filter((address) => address.includes("kiosk="));
  const all = new Set([...addresses, ...pages.flatMap((a) => [beside("kept", a), beside("full", a)])]);
  await Promise.allSettled([...all].map(async (address) => {
    const fresh = await get(address);
    if (fresh.ok) await cache.put(address, fresh);
  }));
  await fillStock();
}

// Tokens of another version belong to questions that are not on the kept page.
async function fillStock() {
  const forms = await inStore("stock", (store) => store.getAllKeys());
  const answer = await get(`${registration.scope}?kiosk=stock`);
  const fresh = answer.ok ? (await answer.json()).forms : [];
  const version = fresh[0]?.split(".")[1];
  const old = forms.filter((form) => form.split(".")[1] !== version);
  if (version) for (const form of old) await inStore("stock", (store) => store.delete(form));
  if (forms.length - old.length >= LEAST_STOCK) return;
  for (const form of fresh) await inStore("stock", (store) => store.put({ form }));
}

async function takeToken(version) {
  const forms = await inStore("stock", (store) => store.getAllKeys());
  const form = forms.find((one) => one.split(".")[1] === version);
  if (form) await inStore("stock", (store) => store.delete(form));
  return form;
}

// Answers ----------------------------------------------------------------------------

function post(address, fields) {
  const body = fields.some(([, value]) => typeof value !== "string") ? new FormData() : new URLSearchParams();
  for (const [name, value] of fields) body.append(name, value);
  return fetch(address, { method: "POST", body, credentials: "omit", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
}

const isForLater = (answer) => answer.status >= 500 || TRY_LATER.has(answer.status);

async function sendNow(request, event) {
  const fields = [...(await request.formData())];
  try {
    const answer = await post(request.url, fields);
    if (!isForLater(answer)) return answer;
  } catch { /* no connection */ }
  const wasOffline = isOffline;
  isOffline = true;
  const given = Object.fromEntries(fields);
  if (given.act === "next" || given.act === "back") {
    // Nothing to keep yet, and only the server knows what comes then: the page stays.
    for (const client of await clients.matchAll()) client.postMessage({ stays: true });
    return new Response(null, { status: 204 });
  }
  await inStore("kept", (store) => store.put({ form: given.form, address: request.url, fields, at: Date.now(), isOffline: wasOffline }));
  event.waitUntil(tellClients());
  registration.sync?.register("send").catch(() => {}); // sent even where the page is closed
  return (await caches.match(beside("kept", request.url), { cacheName: CACHE })) ?? Response.error();
}

// Whether there is a connection, before somebody counts on it.
async function lookAround() {
  isOffline = await get(`${registration.scope}?kiosk=kept`).then((answer) => answer.status >= 500, () => true);
  await sendKept();
}

async function sendKept() {
  await navigator.locks.request(`${CACHE} sends`, { ifAvailable: true }, async (lock) => {
    if (lock) await sendAll();
  });
  await tellClients();
}

async function sendAll() {
  const waiting = (await inStore("kept", (store) => store.getAll())).filter((one) => !one.refused);
  waiting.sort((a, b) => a.at - b.at);
  for (const one of waiting) {
    let answer;
    try {
      answer = await post(one.address, one.fields);
    } catch {
      return; // still no connection
    }
    if (answer.status === 429 || answer.status >= 500) return;
    if (TRY_LATER.has(answer.status)) continue;
    // A sent one is forgotten; one that can never be accepted stays, for people to see.
    const isStored = answer.ok || answer.type === "opaqueredirect";
    if (one.isOffline) get(`${registration.scope}?kiosk=begun`).catch(() => {});
    await inStore("kept", (store) => isStored ? store.delete(one.form) : store.put({ ...one, refused: answer.status }));
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
}

async function tellClients() {
  const all = await inStore("kept", (store) => store.getAll());
  const refused = all.filter((one) => one.refused);
  const message = { kept: all.length - refused.length, refused, isOffline };
  for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}
