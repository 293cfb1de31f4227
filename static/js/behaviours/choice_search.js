// <select data-choice-search="Search the causes">: a search field above it leaves only the
// options whose own words or whose group's hold what is typed.
function matching(group, words) {
  if (group.label.toLowerCase().includes(words)) return [...group.children];
  return [...group.children].filter((option) => option.text.toLowerCase().includes(words));
}

function searchable(select) {
  const groups = [...select.children].map((child) => child.cloneNode(true));
  const search = document.createElement("input");
  search.type = "search";
  search.className = "form-control mb-1";
  search.placeholder = search.ariaLabel = select.dataset.choiceSearch;
  search.setAttribute("aria-controls", select.id);
  select.before(search);
  search.addEventListener("input", () => {
    const chosen = select.value;
    const words = search.value.trim().toLowerCase();
    const kept = groups.map((child) => {
      if (child.tagName !== "OPTGROUP") return child.cloneNode(true);
      const group = child.cloneNode(false);
      group.append(...matching(child, words).map((option) => option.cloneNode(true)));
      return group.children.length ? group : null;
    });
    select.replaceChildren(...kept.filter(Boolean));
    const found = select.querySelectorAll("optgroup option");
    // The only one that is left is what was looked for.
    const still = [...select.options].some((option) => option.value === chosen);
    select.value = words && found.length === 1 ? found[0].value : still ? chosen : "";
  });
  // Enter in the search must not send the form half filled in.
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "ArrowDown") select.focus();
  });
}

for (const select of document.querySelectorAll("select[data-choice-search]")) searchable(select);
