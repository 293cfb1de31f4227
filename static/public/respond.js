// The page works without this file; with it, it answers at once. HTML expected:
// <form data-respond> sends once (="trial" saves nothing, ="once" leaves nothing on the
// device); with <section data-page> it turns its pages itself and
// saves each; <script type="application/json" data-flow> is what surveys/flow.py says.

// ---- The condition language, as in customers/conditions ----

// Python's casefold; "ı" is a letter of its own there.
const fold = (text) =>
  text.split("ı").map((part) => part.toLowerCase().toUpperCase().toLowerCase()).join("ı").replaceAll("ς", "σ");

function comparable(value) {
  if (Array.isArray(value)) return value.length ? value.map(comparable) : null;
  return typeof value === "string" ? fold(value.trim()) || null : value ?? null;
}

export function matches(condition, values) {
  if (condition.all) return condition.all.every((part) => matches(part, values));
  if (condition.any) return condition.any.some((part) => matches(part, values));
  if (condition.not) return !matches(condition.not, values);
  if (!condition.field) return true;
  const found = comparable(values[condition.field]);
  const wanted = [condition.value].flat().map(comparable);
  const [first, last] = wanted;
  const given = found !== null;
  const among = given && wanted.some((one) => [found].flat().includes(one));
  const within = given && found.includes?.(first);
  return {
    eq: among, in: among, ne: !among, not_in: !among,
    contains: within, not_contains: !within,
    lt: given && found < first, lte: given && found <= first,
    gt: given && found > first, gte: given && found >= first,
    between: given && found >= first && found <= last,
    is_empty: !given, is_not_empty: given,
  }[condition.op];
}

// ---- One answer, as in surveys/answers.py: null is none, undefined a wrong one ----

const clean = (text) =>
  text.replace(/\r\n?/g, "\n").replace(/[\0-\x08\v\f\x0e-\x1f\x7f\u2028\u2029]/g, "").normalize().trim();
const wholeNumber = (text) => (/^\s*-?\d{1,9}\s*$/.test(text) ? +text : NaN);
const shaped = (shape, text) => (shape.test(text) && [...text].length <= 200 ? text : undefined);
const inside = (value, [low, high]) =>
  value < (low ?? value) || value > (high ?? value) || value !== value ? undefined : value;

function ranked(places, offered) {
  const given = Object.entries(places).filter(([, place]) => place);
  if (!given.length) return null;
  given.sort(([, a], [, b]) => a - b);
  const numbers = given.map(([, place]) => wholeNumber(place));
  const isRight = given.length === offered.length && given.every(([id]) => offered.includes(id));
  return isRight && numbers.every((number, at) => number - numbers[at - 1] !== 0 && !isNaN(number)) ? given.map(([id]) => id) : undefined;
}

function several(element, value, offered) {
  const ticked = offered.filter((id) => value.includes(id));
  const [least, most] = element.span ?? [];
  const isAlone = ticked.some((id) => element.alone?.includes(id));
  if (!value.length) return null;
  if (value.some((id) => !offered.includes(id)) || ticked.length > (most ?? Infinity)) return undefined;
  if (isAlone) return ticked.length > 1 ? undefined : ticked;
  return ticked.length < Math.min(least ?? 0, offered.length, most ?? Infinity) ? undefined : ticked;
}

function rated(element, value) {
  const given = Object.entries(value).filter(([, one]) => one);
  const read = given.map(([row, one]) => [row, inside(wholeNumber(one), element.span)]);
  if (!read.length) return null;
  if (element.required && read.length < element.rows.length) return undefined;
  return read.some(([row, one]) => one === undefined || !element.rows.includes(row)) ? undefined : Object.fromEntries(read);
}

function dated(text, span) {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && text > "0001" && new Date(text).toJSON()?.startsWith(text);
  return isDay ? inside(text, span) : undefined;
}

function numbered(text, element) {
  if (!/^\s*-?\d{1,15}([.,]\d{1,6})?\s*$/.test(text)) return undefined;
  const number = +text.replace(",", ".");
  return Math.abs(number) < 1e15 && +number.toFixed(element.decimals ?? 0) === number ? inside(number, element.span ?? []) : undefined;
}

function read(element, value, offered) {
  if (value == null || (typeof value === "string" && !value.trim())) return null;
  const { type, span = [] } = element;
  switch (type) {
    case "single_choice": case "dropdown": return offered.includes(value) ? value : undefined;
    case "multiple_choice": return several(element, value, offered);
    case "ranking": return ranked(value, offered);
    case "matrix": return rated(element, value);
    case "number": return numbered(value, element);
    case "date": return dated(value.trim(), span);
    case "email": return shaped(/^[^\s@<>"']{1,64}@[^\s@<>"'.]+(\.[^\s@<>"'.]+)+$/u, clean(value));
    case "phone": return shaped(/^\+?[\p{Nd}\s()./-]{5,30}$/u, clean(value));
    case "consent": case "contact_request": return ["on", "true", "1", "yes"].includes(value) || null;
    case "file": return value;
    case "short_text": case "long_text": {
      const text = clean(value);
      return text ? inside([...text].length, span) && text : null;
    }
    default: return inside(wholeNumber(value), span);
  }
}

// ---- The way through the survey, as in surveys/branching.py ----

export function optionsOnOffer(element, answers) {
  const { carried } = element;
  if (!carried) return element.options ?? element.rows;
  const chosen = [answers[carried.from] ?? []].flat();
  return [...carried.options.filter((id) => chosen.includes(id) === carried.chosen), ...element.options];
}

// A question may be called "constructor".
const own = (...parts) => Object.assign(Object.create(null), ...parts);

export function walk(flow, raw, known, until) {
  const { pages, variables = [], ends } = flow;
  const values = own(flow.known, known);
  const given = own(raw);
  const way = { pages: [], shown: [], wrong: [], answers: own(), values, next: null, ending: null };
  const met = (condition) => !condition || matches(condition, values);
  const workOut = () => {
    for (const { id, initial, steps } of variables) {
      let value = initial;
      for (const { when, act, value: by } of steps) {
        if (met(when)) value = act === "set" || typeof by === "string" ? by : value + by;
      }
      values[`var.${id}`] = value;
    }
  };
  const pass = (element) => {
    const { id, type } = element;
    const offered = optionsOnOffer(element, way.answers);
    if (!met(element.if) || offered?.length === 0) return;
    way.shown.push(id);
    if (type === "statement") return;
    const answer = read(element, given[id], offered);
    if (answer === undefined || (answer === null && element.required)) way.wrong.push(id);
    if (answer == null) return;
    way.answers[id] = answer;
    if (type !== "matrix") values[id] = answer;
    else for (const row in answer) values[`${id}.${row}`] = answer[row];
  };
  let place = 0;
  let stopped = false;
  workOut();
  while (!stopped && way.ending === null && place < pages.length) {
    const page = pages[place++];
    if (!met(page.if)) continue;
    stopped = page.id === until;
    way.pages.push(page.id);
    page.elements?.forEach(pass);
    workOut();
    const to = page.branches?.find((branch) => met(branch.when))?.to;
    if (to?.startsWith("ending:")) way.ending = to.slice(7);
    else if (to) place = Math.max(place, pages.findIndex(({ id }) => id === to));
  }
  way.next = way.ending === null ? pages.slice(place).find((page) => met(page.if))?.id ?? null : null;
  if (way.next === null) way.ending ??= byScore(ends, way.answers[ends.by]);
  return way;
}

function byScore({ span, to }, score) {
  if (score == null) return to[1];
  return to[score <= span[0] ? 0 : score >= span[1] ? 2 : 1];
}

// ---- The page ----

const all = (selector, within) => [...within.querySelectorAll(selector)];
const put = (node, words) => node && node.textContent !== words && (node.textContent = words);
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const nameOf = (option) => (option.querySelector("label") ?? option).textContent.trim();
const make = (tag, facts) => Object.assign(document.createElement(tag), facts);

function respond(form) {
  const { at, way: visited, form: token, lang } = form.elements;
  const find = (selector) => form.querySelector(selector);
  const [next, send, back] = ["next", "send", "back"].map((act) => find(`[value=${act}]`));
  const [note, progress, bar] = ["note", "progress", "resume"].map((name) => find(`[data-${name}]`));
  const sections = all("[data-page]", form);
  const flow = JSON.parse(find("[data-flow]")?.textContent ?? "null");
  const types = own();
  for (const { dataset } of all("[data-element]", form)) types[dataset.element] = dataset.type;
  const query = new URLSearchParams(location.search);
  let isDirty, isBusy;

  function given() {
    const raw = own();
    const known = { language: lang?.value };
    for (const [name, value] of new FormData(form)) {
      const key = name.slice(2);
      const [id, part] = key.split(".");
      const words = value.name ?? value;
      if (name.startsWith("h-")) known[`hidden.${id}`] = words;
      if (!name.startsWith("a-")) continue;
      if (/matrix|ranking/.test(types[id])) (raw[id] ??= own())[part] = words;
      else if (types[id] === "multiple_choice" && !part) (raw[id] ??= []).push(words);
      else raw[key] = words || raw[key];
    }
    return [raw, known];
  }

  // Shows what the answers so far call for; gives the way so far.
  function look() {
    const [raw, known] = given();
    if (!flow) return pipe(raw, {});
    const way = walk(flow, raw, known, at.value);
    for (const element of pageAt().elements ?? []) {
      const node = find(`[data-element="${element.id}"]`);
      node.hidden = !way.shown.includes(element.id);
      if (element.carried) offer(node, optionsOnOffer(element, way.answers));
    }
    const here = way.pages.indexOf(at.value);
    visited.value = way.pages.slice(0, here);
    if (next) next.hidden = !way.next;
    if (back) back.hidden = here < 1;
    send.hidden = way.next;
    pipe(raw, way.values);
    return way;
  }

  const pageAt = () => flow.pages.find(({ id }) => id === at.value);

  function offer(node, options) {
    for (const one of all("[data-option]", node)) {
      one.hidden = !options.includes(one.dataset.option);
      for (const field of [one, ...all("input, select", one)]) field.disabled = one.hidden;
    }
    node.renumber?.();
  }

  function pipe(raw, values) {
    for (const place of all("[data-pipe]", form)) {
      const key = place.dataset.pipe;
      const [id, row] = key.split(".");
      const words = [values[key] ?? (row ? raw[id]?.[row] : raw[id]) ?? []].flat().map((one) => {
        const option = /choice|dropdown|ranking/.test(types[id]) && find(`[data-element="${id}"] [data-option="${one}"]`);
        return option ? nameOf(option) : `${one}`.trim();
      });
      put(place, words.join(lang.value === "zh-hans" ? "、" : ", ") || place.dataset.else);
    }
  }

  function open() {
    for (const section of sections) section.hidden = section.dataset.page !== at.value;
    const place = sections.findIndex((section) => !section.hidden);
    if (progress) put(progress, fill(progress.dataset.progress, { page: place + 1, pages: sections.length }));
    return sections[place];
  }

  function turn(id, remember) {
    at.value = id;
    look();
    for (const old of all(".summary, .problem", document)) old.remove();
    for (const field of all("[aria-invalid]", form)) field.ariaInvalid = null;
    const section = open();
    const depth = history.state?.depth + 1;
    if (remember) history[back ? "pushState" : "replaceState"]({ at: id, depth }, "");
    (section.querySelector("h2, .q:not([hidden])") ?? section).focus({ preventScroll: true });
    document.body.scrollIntoView();
    put(note, "");
    save();
  }

  // Only the server has the words for what is wrong, knows patterns and takes files.
  function asksServer({ wrong, answers }) {
    return pageAt().elements?.some(({ id, asks }) => wrong.includes(id) || (asks && id in answers))
      || all("section:not([hidden]) [type=file]", form).some(({ files }) => files.length);
  }

  function submitted(event) {
    const act = event.submitter?.value;
    const way = flow && look();
    const before = way && way.pages[way.pages.indexOf(at.value) - 1];
    const goes = act === "back" ? before : way?.next && !asksServer(way);
    if (isBusy || goes) event.preventDefault();
    if (isBusy) return;
    if (goes) {
      if (act !== "back") turn(way.next, true);
      else if (history.state.depth) history.back();
      else turn(before);
      return;
    }
    if (act !== "back" && !way?.next) store("");
    isBusy = true;
    const button = event.submitter ?? send;
    button.ariaDisabled = true;
    button.dataset.words = button.textContent;
    put(button, button.dataset.busy ?? button.textContent);
  }

  async function save(intent) {
    if (form.dataset.respond === "trial") return;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => !value.name));
    body.set("act", "save");
    if (intent) body.set("intent", 1);
    // A page that is being left may still say this much.
    const keepalive = String(body).length < 6e4;
    const answer = await fetch(form.action, { method: "POST", body, keepalive }).catch(() => ({}));
    isDirty = answer.status !== 204;
    if (intent) return;
    if (!isDirty) store(token.value);
    // Whatever else was said meanwhile is of more interest than this.
    if (isDirty || !note.textContent) say(isDirty ? "unsaved" : "saved", {}, isDirty);
  }

  function say(name, values, aloud) {
    note.ariaLive = aloud ? "polite" : "off";
    put(note, fill(note.dataset[name], values));
  }

  // The device remembers only under which name the server keeps what was begun.
  function store(value) {
    if (form.dataset.respond) return null;
    const key = `cem:${location.pathname}`;
    try {
      if (value) localStorage[key] = value;
      if (value === "") delete localStorage[key];
      return localStorage[key];
    } catch {
      return null; // forbidden here: then nobody goes on later
    }
  }

  function offerToGoOn() {
    if (visited.value) store(token.value);
    if (query.has("again")) store("");
    const begun = store();
    if (!bar || !begun || begun === token.value || query.has("resume")) return;
    query.set("resume", begun);
    bar.querySelector("a").href = `?${query}`;
    bar.querySelector("button").onclick = () => {
      store("");
      bar.hidden = true;
    };
    bar.hidden = false;
  }

  // A score clicked in a letter is kept once somebody is there: programs open letters too.
  function keepFirstIntent() {
    let patience = 5;
    const kept = () => {
      if (patience > 0) save(true);
      patience = 0;
    };
    addEventListener("pointerdown", kept);
    addEventListener("keydown", kept);
    setInterval(() => {
      if (document.visibilityState === "visible" && patience-- === 1) save(true);
    }, 1000);
  }

  form.addEventListener("input", ({ target }) => {
    isDirty = true;
    if (target.matches(".other")) target.closest("[data-option]").querySelector("input").checked ||= target.value;
    for (const box of target.checked ? all(`[type=checkbox][name="${target.name}"]`, form) : []) {
      if (box !== target && "alone" in { ...box.dataset, ...target.dataset }) box.checked = false;
    }
    look();
  });
  form.addEventListener("submit", submitted);
  // Coming back to the page, it can be sent again: the answers are stored once anyway.
  addEventListener("pageshow", () => {
    isBusy = false;
    for (const button of all("[data-words]", form)) {
      button.ariaDisabled = false;
      put(button, button.dataset.words);
    }
  });
  all("textarea[data-left]", form).forEach(countRoom);
  all("select[data-search]", form).forEach((list) => search(list, say));
  all(".ranking", form).forEach((list) => rank(list, note.dataset, say, look));
  look();
  if (query.get("score")) keepFirstIntent();
  if (!flow || !next) return;
  // A reload may have brought back the answers, and the page, of before.
  open();
  offerToGoOn();
  history.replaceState({ at: at.value, depth: 0 }, "");
  addEventListener("popstate", ({ state }) => {
    if (state && walk(flow, ...given()).pages.includes(state.at)) turn(state.at);
  });
  addEventListener("visibilitychange", () => isDirty && !isBusy && document.hidden && save());
}

function countRoom(area) {
  const note = make("p", { className: "left" });
  area.after(note);
  const tell = () => {
    const left = area.maxLength - area.value.length;
    // Said only near the end, so that a screen reader is not interrupted all the time.
    note.ariaLive = left <= area.maxLength / 10 ? "polite" : "off";
    put(note, area.value && fill(area.dataset.left, { left }));
  };
  area.addEventListener("input", tell);
  tell();
}

// A field above a long list: what is typed there leaves the options that hold it.
function search(list, say) {
  const options = [...list.options];
  const placeholder = list.dataset.search;
  const box = make("input", { type: "search", autocomplete: "off", placeholder, ariaLabel: placeholder });
  const isFound = (option) => option.value && !option.disabled && fold(option.text).includes(fold(box.value.trim()));
  const filter = () => {
    const found = options.filter(isFound);
    const { value } = list;
    list.replaceChildren(...options.filter((option) => !box.value || option.value === value || isFound(option)));
    list.value = value;
    list.size = box.value ? 6 : 0;
    if (box.value) say("found", { count: found.length }, true);
    return found;
  };
  const choose = (option) => {
    if (option) list.value = option.value;
    box.value = "";
    filter();
  };
  box.oninput = filter;
  box.onkeydown = (event) => {
    if (event.key !== "Enter" || !box.value) return;
    event.preventDefault();
    choose(filter()[0]);
    list.dispatchEvent(new Event("input", { bubbles: true }));
    list.focus();
  };
  list.onchange = () => choose();
  list.before(box);
}

// Buttons move an option up and down; the places themselves stay in the fields.
function rank(list, words, say, look) {
  const holder = list.querySelector(".places");
  const rows = () => all(".place:not([hidden])", holder);
  const field = (row) => row.querySelector("select");
  const button = (facts) => make("button", { type: "button", className: "quiet", ...facts });

  function number() {
    rows().forEach((row, place) => {
      row.dataset.place = ++place;
      field(row).options[place] ??= new Option(place);
      field(row).selectedIndex = place;
    });
    confirm.hidden = true;
    look();
  }

  function move(row, step) {
    const now = rows();
    const other = now[now.indexOf(row) + step];
    other?.[step < 0 ? "before" : "after"](row);
    number();
    say("place", { label: nameOf(row), place: row.dataset.place, places: now.length }, true);
  }

  // Other options may be on offer than those that were ranked.
  list.closest("[data-element]").renumber = () => {
    const places = rows().map((row) => field(row).selectedIndex);
    if (places.some(Boolean) && places.some((place, at) => place !== at + 1)) number();
  };
  const isRanked = rows().some((row) => field(row).value);
  const confirm = button({ textContent: words.keep, onclick: number, hidden: isRanked });
  holder.append(...all(".place", holder).sort((a, b) => field(a).value - field(b).value));
  for (const row of all(".place", holder)) {
    field(row).hidden = true;
    for (const [label, textContent, step] of [[words.up, "↑", -1], [words.down, "↓", 1]]) {
      const mover = button({ textContent, ariaLabel: `${nameOf(row)}: ${label}` });
      mover.onclick = () => {
        move(row, step);
        mover.focus();
      };
      row.append(mover);
    }
  }
  holder.after(confirm);
  if (isRanked) number();
}

// Tests and the studio's preview import the walk alone.
if (globalThis.document) document.querySelectorAll("form[data-respond]").forEach(respond);
