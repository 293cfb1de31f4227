// <p data-found data-totals="/tickets/totals/?…"> in place of how many tickets match:
// they are so many that the list comes before them. [data-count] get theirs, too.
export const sayFound = (words) => {
  const place = document.querySelector("[data-found]");
  if (place.textContent !== words) place.textContent = words;
};

export function sayCounts(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = counts[place.dataset.count];
  }
}

export async function count() {
  const address = document.querySelector("[data-totals]")?.dataset.totals;
  if (!address) return;
  const answer = await fetch(address, { cache: "no-store", redirect: "error" });
  if (answer.status !== 200) return;
  const { counts, found } = await answer.json();
  sayCounts(counts);
  sayFound(found);
}

// Where it fails, the link that stands there counts them.
count().catch(() => {});
