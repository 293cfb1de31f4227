// A line with a band for its interval; a thin base is a hollow point, a mark a dotted upright.
import { categories, frameOf, legendOf, numbersOf, rangeOf, values, widthOf } from "./look.js";

const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
const DASHES = ["solid", "dashed", "dotted", [10, 4, 2, 4], [4, 4], [14, 4]];
const NAME_WIDTH = 130;
const LEAST_HEIGHT = { "%": 30, percent: 30, points: 40 };

export function line(figure, look) {
  const { labels, series, marks = [], unit } = figure;
  const said = numbersOf(unit, figure.digits);
  const all = series.flatMap((one) => [...one.values, ...(one.low ?? []), ...(one.high ?? [])]);
  const range = rangeOf(all, unit, look, { least: LEAST_HEIGHT[unit] ?? 0, fromZero: figure.fromZero ?? !(unit in LEAST_HEIGHT) });
  const frame = frameOf(look);
  const top = 12 + (series.length > 1 ? 24 : 0) + (marks.length ? 16 : 0);
  return {
    ...frame, ...legendOf(series, look), grid: { ...frame.grid, top, right: 36 },
    xAxis: categories(labels, look, { boundaryGap: false, axisLabel: { hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" } }),
    yAxis: values(look, said, range),
    tooltip: { ...frame.tooltip, trigger: "axis" },
    series: series.flatMap((one, place) => [
      lineOf(one, place, look, place ? [] : legible(marks, labels.length, look)), // first, for the legend shows its sign
      ...(one.low && series.length < 4 ? bandOf(one, place, look) : []),
    ]),
  };
}

function lineOf(one, place, look, marks) {
  const colour = look.series[place % look.series.length];
  return {
    type: "line", name: one.name, symbol: SYMBOLS[place % SYMBOLS.length],
    symbolSize: 7, showAllSymbol: one.values.length < 40, showSymbol: one.values.length < 40 || isLonely(one.values),
    lineStyle: { width: 2.5, color: colour, type: DASHES[place % DASHES.length] },
    itemStyle: { color: colour }, emphasis: { focus: "none" },
    data: one.values.map((value, at) => (one.low_base?.[at]
      ? { value, itemStyle: { color: look.ground, borderColor: colour, borderWidth: 2 } }
      : value)),
    markLine: marks.length ? {
      silent: true, symbol: "none", animation: false, lineStyle: { color: look.quiet, type: "dotted", width: 1.5 },
      label: { color: look.quiet, formatter: ({ name }) => name, width: 120, overflow: "truncate", fontSize: 12 },
      data: marks.map(({ at, label }) => ({ xAxis: at, name: label })),
    } : undefined,
  };
}

// Where names would run into each other the first one says how many more follow it.
function legible(marks, count, look) {
  const apart = (NAME_WIDTH * Math.max(1, count - 1)) / Math.max(1, look.width - 60);
  const shown = [];
  for (const mark of [...marks].sort((one, other) => one.at - other.at)) {
    const last = shown.findLast((one) => one.label);
    if (last && mark.at - last.at < apart) {
      last.more = (last.more ?? 0) + 1;
      shown.push({ at: mark.at, label: "" });
    } else shown.push({ ...mark });
  }
  return shown.map(({ at, label, more }) => ({ at, label: more ? `${clipped(label)} +${more}` : titleOf(label) }));
}

// Without the kind before the colon, for which there is no room.
const titleOf = (label) => label.replace(/^[^:：]*[:：]\s*(?=\S)/, "");

function clipped(label) {
  const title = titleOf(label);
  let length = title.length;
  while (length > 1 && widthOf(title.slice(0, length)) > NAME_WIDTH - 50) length -= 1;
  return length < title.length ? `${title.slice(0, length).trimEnd()}…` : title;
}

// Two areas on top of each other, the lower one invisible; `all` lets them stack across zero.
function bandOf(one, place, look) {
  const colour = look.series[place % look.series.length];
  const area = (data, fill) => ({
    type: "line", name: one.name, z: 1, data, stack: `band ${place}`, stackStrategy: "all", silent: true, symbol: "none",
    lineStyle: { opacity: 0 }, areaStyle: fill ? { color: colour, opacity: 0.16 } : { opacity: 0 },
    tooltip: { show: false }, emphasis: { disabled: true }, itemStyle: { color: colour },
  });
  const widths = one.high.map((high, at) => (high === null || one.low[at] === null ? null : high - one.low[at]));
  return [area(one.low, false), area(widths, true)];
}

// A point between two gaps has no line to show it.
const isLonely = (all) => all.some((value, at) => value !== null && (all[at - 1] ?? null) === null && (all[at + 1] ?? null) === null);
