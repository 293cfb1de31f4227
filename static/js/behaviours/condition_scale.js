// What a number in a condition can be, where that is known: field.least and field.most.
export function scaleWords({ kind, least, most }, template) {
  const isKnown = kind === "number" && Number.isFinite(least) && Number.isFinite(most);
  return isKnown ? template.replace("%(low)s", least).replace("%(high)s", most) : "";
}

export function isOffScale(field, value) {
  const isOff = (one) => Number.isFinite(one) && (one < field.least || one > field.most);
  return scaleWords(field, "?") !== "" && [value].flat().some(isOff);
}
