// What every kind of figure shares: colours from CSS, numbers in the reader's language.
const BOUNDED = { "%": [0, 100], percent: [0, 100], points: [-100, 100] };
const WORDLESS = new Set(["", "points", "answers", "tickets", "customers"]);

// The colours that hold where `place` stands: light, dark, or light for paper.
export function lookOf(place) {
  const style = getComputedStyle(place);
  const colour = (name) => style.getPropertyValue(`--figure-${name}`).trim();
  return {
    font: style.fontFamily,
    width: place.clientWidth,
    ink: colour("ink"), quiet: colour("quiet"), line: colour("line"), ground: colour("ground"),
    up: colour("up"), down: colour("down"), total: colour("total"),
    series: [1, 2, 3, 4, 5, 6].map((n) => colour(`series-${n}`)),
    ramp: [1, 2, 3, 4].map((n) => colour(`ramp-${n}`)),
  };
}

// Numbers with their unit, as on the rest of the page: +12, 41 %, 1,204 h.
export function numbersOf(unit = "", digits = undefined) {
  const language = document.documentElement.lang || "en";
  const isShare = unit === "%" || unit === "percent";
  const most = digits ?? (isShare || unit === "points" ? 0 : 1);
  const format = new Intl.NumberFormat(language, {
    maximumFractionDigits: most, signDisplay: unit === "points" ? "exceptZero" : "auto",
  });
  const between = language.startsWith("zh") && isShare ? "" : "\u202f";
  const after = WORDLESS.has(unit) ? "" : `${between}${isShare ? "%" : unit}`;
  return (value) => (value === null || value === undefined ? "–" : format.format(value).replace("-", "−") + after);
}

// Where the axis of values ends. Bars start at zero; a line may be looked at closely, yet
// never so closely that a few points fill the chart.
export function rangeOf(values, unit, look, { fromZero = false, least = 0, whole = false } = {}) {
  const known = values.filter((value) => typeof value === "number");
  if (!known.length) return {};
  const [floor, ceiling] = BOUNDED[unit] ?? [-Infinity, Infinity];
  let low = Math.min(...known, fromZero ? 0 : Infinity);
  let high = Math.max(...known, fromZero ? 0 : -Infinity);
  const missing = Math.max(0, least - (high - low)) / 2;
  const step = Math.max(whole ? 1 : 0, stepOf((high - low + 2 * missing) / (look.width < 420 ? 3 : 5)));
  low = Math.max(floor, Math.floor((low - missing) / step) * step);
  high = Math.min(ceiling, Math.ceil((high + missing) / step) * step);
  return { min: low, max: high === low ? low + step : high, interval: step };
}

// 1, 2, 5 or 10 times a power of ten, at least as wide as asked.
function stepOf(width) {
  const size = 10 ** Math.floor(Math.log10(width || 1));
  return size * ([1, 2, 5].find((times) => times * size >= width) ?? 10);
}

// The parts of every chart with two axes.
export function frameOf(look) {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, color: look.ink },
    grid: { left: 4, right: 20, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      renderMode: "richText", confine: true, transitionDuration: 0,
      backgroundColor: look.ground, borderColor: look.line, textStyle: { color: look.ink, fontSize: 13 },
    },
  };
}

export const categories = (labels, look, more = {}) => ({
  type: "category", data: labels, axisTick: { show: false },
  axisLine: { lineStyle: { color: look.quiet } }, axisLabel: { color: look.quiet, ...more.axisLabel },
  ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== "axisLabel")),
});

export const values = (look, said, range = {}) => ({
  type: "value", splitNumber: look.width < 420 ? 3 : 5, ...range,
  splitLine: { lineStyle: { color: look.line } },
  axisLabel: { color: look.quiet, formatter: said, hideOverlap: true },
});

// Names beside lying bars take a third of the width at most, then break.
export function names(labels, look) {
  const longest = Math.max(0, ...labels.map((label) => widthOf(String(label))));
  const width = Math.min(longest + 8, 220, Math.max(90, look.width * 0.34));
  return { width, overflow: "break", lineHeight: 15, interval: 0, color: look.ink };
}

// About: Chinese characters are as wide as they are high.
export const widthOf = (text) => [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 12.5 : 7.6), 0);

export const legendOf = (series, look) => (series.length < 2 ? {} : {
  legend: {
    type: "scroll", top: 0, left: 0, itemWidth: 22, textStyle: { color: look.ink },
    pageTextStyle: { color: look.quiet }, pageIconColor: look.ink,
  },
});
