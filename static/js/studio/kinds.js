// The kinds of elements: how they are offered, and which properties each one has.
const LABELS = [
  { as: "text", name: "low_label" },
  { as: "text", name: "high_label" },
];
const LOOK = { as: "choice", name: "look", choices: ["numbers", "stars", "faces"] };
const OPTIONS = [
  { as: "options", name: "options" },
  { as: "choice", name: "order", choices: ["fixed", "random"] },
  { as: "carried", name: "carried" },
];
const LENGTH = [
  { as: "number", name: "least", lowest: 0 },
  { as: "number", name: "most", lowest: 1, isNeeded: true },
];
const scale = (...choices) => ({ as: "scale", name: "scale", choices });

export const GROUPS = {
  scores: ["nps", "csat", "ces", "rating", "matrix"],
  choices: ["single_choice", "multiple_choice", "dropdown", "ranking"],
  words: ["long_text", "short_text", "number", "date", "email", "phone", "file"],
  others: ["contact_request", "consent", "statement"],
};

export const PROPERTIES = {
  nps: LABELS,
  csat: [LOOK, ...LABELS],
  ces: [scale(5, 7), LOOK, ...LABELS],
  rating: [scale(3, 4, 5, 6, 7, 8, 9, 10), LOOK, ...LABELS],
  matrix: [{ as: "rows", name: "rows" }, scale(2, 3, 4, 5, 6, 7, 8, 9, 10), ...LABELS],
  single_choice: OPTIONS,
  dropdown: OPTIONS,
  ranking: OPTIONS,
  multiple_choice: [
    ...OPTIONS,
    { as: "number", name: "least", lowest: 0, label: "least_chosen", isNeeded: true },
    { as: "number", name: "most", lowest: 1, label: "most_chosen" },
  ],
  long_text: LENGTH,
  short_text: [...LENGTH, { as: "pattern", name: "pattern" }],
  number: [
    { as: "number", name: "lowest", step: "any" },
    { as: "number", name: "highest", step: "any" },
    { as: "number", name: "decimals", lowest: 0, highest: 6, isNeeded: true },
    { as: "text", name: "unit" },
  ],
  date: [
    { as: "date", name: "earliest" },
    { as: "date", name: "latest" },
  ],
  file: [
    { as: "file_types", name: "accepts" },
    { as: "number", name: "most_mb", lowest: 1, highest: 20, isNeeded: true },
  ],
};

export const FILE_TYPES = ["image", "pdf", "text", "spreadsheet", "document"];
export const WITH_OPTIONS = ["single_choice", "multiple_choice", "dropdown", "ranking"];
// Always or never asked to be answered: no switch for it.
export const NEVER_REQUIRED = ["contact_request", "statement"];
