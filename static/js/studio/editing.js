// The language in which texts are edited, one for the whole studio: `editing.language`.
class Editing extends EventTarget {
  language = "en";

  to(language) {
    this.language = language;
    this.dispatchEvent(new Event("change"));
  }
}

export const editing = new Editing();
export const NAMES = { en: "English", "zh-hans": "中文" };
export const TAGS = { en: "en", "zh-hans": "zh-Hans" };

// The words of a text as a list shows them: in this language, or in another, without tags
// and places for values.
export function wordsOf(text) {
  const words = text?.[editing.language] || Object.values(text ?? {}).find(Boolean) || "";
  return words.replace(/<[^>]*>/g, " ").replace(/\{\{[^{}|]*(?:\|([^{}]*))?\}\}/g, (_, otherwise) => otherwise?.trim() || "…").replace(/\s+/g, " ").trim();
}
