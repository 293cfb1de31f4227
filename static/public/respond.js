// The page works without this file; with it, it answers at once. HTML expected:
// <form data-respond> sends once; with <section data-page> it turns its pages itself and
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
  const given = found !== null;
  const among = given && wanted.some((one) => (Array.isArray(found) ? found.includes(one) : found === one));
  const within = given && found.includes?.(wanted[0]) === true;
  return {
    eq: among, in: among, ne: !among, not_in: !among,
    contains: within, not_contains: !within,
    lt: given && found < wanted[0], lte: given && found <= wanted[0],
    gt: given && found > wanted[0], gte: given && found >= wanted[0],
    between: given && found >= wanted[0] && found <= wanted[1],
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
  const isRight = given.length === offered.length && given.every(([id]) => offered.includes(id))
    && numbers.every((number, at) => number === number && number !== numbers[at - 1]);
  return isRight ? given.map(([id]) => id) : undefined;
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
  const day = new Date(`${text}T00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && text > "0001" && !isNaN(day) && day.toISOString().startsWith(text);
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

// Tests and the studio's preview import the walk alone.
if (globalThis.document) {
  document.querySelectorAll("form[data-respond]").forEach(sendOnce);
  document.querySelectorAll("textarea[data-left]").forEach(countRoom);
}
