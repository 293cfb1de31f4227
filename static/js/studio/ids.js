// Short random ids: one that was ever used is never given again.
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

export function newId(prefix) {
  const random = crypto.getRandomValues(new Uint8Array(6));
  return `${prefix}_${[...random].map((byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}
