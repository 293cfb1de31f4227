// <textarea data-mentions="/tickets/7/people/">: behind an @ a list of names opens; the
// arrow keys choose, Enter or Tab takes one, Escape closes. A combobox as ARIA has it.
let serial = 0;
for (const field of document.querySelectorAll("textarea[data-mentions]")) attach(field);

function attach(field) {
  const list = document.createElement("ul");
  list.id = `mentions-${(serial += 1)}`;
  list.className = "mention-list";
  list.role = "listbox";
  list.ariaLabel = "@";
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  const state = { field, list, names: null, chosen: 0 };
  field.addEventListener("input", () => suggest(state));
  field.addEventListener("keydown", (event) => steer(state, event));
  field.addEventListener("blur", () => close(state));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option) take(state, option.textContent);
  });
}

const typed = (field) => /(?:^|\s)@([^\n@]{0,40})$/.exec(field.value.slice(0, field.selectionStart));

async function suggest(state) {
  state.names ??= load(state.field.dataset.mentions);
  const names = await state.names;
  // Only now: more may have been typed while the names were on their way.
  const match = typed(state.field);
  if (!match) return close(state);
  const begun = match[1].toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(begun)).slice(0, 8);
  if (!found.length) return close(state);
  state.chosen = 0;
  state.list.replaceChildren(...found.map((name, i) => option(state, name, i)));
  state.list.hidden = false;
  mark(state);
}

async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).people : [];
}

function option(state, name, i) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `${state.list.id}-${i}`;
  item.textContent = name;
  return item;
}

function steer(state, event) {
  if (state.list.hidden) return;
  const count = state.list.children.length;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    state.chosen = (state.chosen + steps[event.key] + count) % count;
    mark(state);
  } else if (event.key === "Enter" || event.key === "Tab") {
    take(state, state.list.children[state.chosen].textContent);
  } else if (event.key === "Escape") close(state);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function mark(state) {
  [...state.list.children].forEach((item, i) => (item.ariaSelected = String(i === state.chosen)));
  state.field.setAttribute("aria-activedescendant", `${state.list.id}-${state.chosen}`);
}

function take({ field, ...state }, name) {
  const match = typed(field);
  const start = field.selectionStart - match[1].length;
  field.setRangeText(`${name} `, start, field.selectionStart, "end");
  close({ field, ...state });
}

function close(state) {
  state.list.hidden = true;
  state.field.removeAttribute("aria-activedescendant");
}
