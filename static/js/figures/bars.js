// Bars from zero, with a whisker for the interval of each.
import { categories, frameOf, legendOf, names, numbersOf, rangeOf, values } from "./look.js";

export function bars(figure, look) {
  const { labels, series, unit, horizontal = false } = figure;
  const said = numbersOf(unit, figure.digits);
  const all = series.flatMap((one) => [...one.values, ...(one.low ?? []), ...(one.high ?? [])]);
  const frame = frameOf(look);
  const scale = values(look, said, rangeOf(all, unit, look, { fromZero: true, whole: figure.digits === 0 }));
  const groups = categories(labels, look, horizontal
    ? { inverse: true, axisLabel: names(labels, look) }
    : { axisLabel: { hideOverlap: true, interval: labels.length > 12 ? "auto" : 0, width: Math.max(40, (look.width - 60) / labels.length - 6), overflow: labels.length > 12 ? "none" : "break" } });
  return {
    ...frame, ...legendOf(series, look),
    grid: { ...frame.grid, top: series.length > 1 ? 36 : horizontal ? 8 : 24, right: horizontal ? 52 : 12 },
    xAxis: horizontal ? scale : groups, yAxis: horizontal ? groups : scale,
    tooltip: { ...frame.tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: series.flatMap((one, place) => [
      barOf(one, place, { series, look, said, horizontal }),
      ...(one.low ? [whiskersOf(one, place, { count: series.length, look, horizontal })] : []),
    ]),
  };
}

const MOST = 0.7; // of a group's width is bars

function barOf(one, place, { series, look, said, horizontal }) {
  const colour = look.series[place % look.series.length];
  return {
    type: "bar", name: one.name, barMaxWidth: series.length === 1 ? 120 : undefined, barWidth: `${Math.round((MOST * 100) / series.length)}%`, barGap: "0%",
    itemStyle: { color: colour, borderColor: look.ground, borderWidth: 1 },
    data: one.values.map((value, at) => (one.low_base?.[at] ? { value, itemStyle: { color: colour, opacity: 0.55 } } : value)),
    label: {
      show: series.length === 1 && (horizontal || one.values.length <= 12) && !one.low,
      position: horizontal ? "right" : "top", color: look.ink, formatter: ({ value }) => said(value),
    },
  };
}

function whiskersOf(one, place, { count, look, horizontal }) {
  return {
    type: "custom", name: one.name, silent: true, z: 5, tooltip: { show: false }, itemStyle: { color: look.series[place % look.series.length] },
    encode: horizontal ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    data: one.values.map((_, at) => [at, one.low[at], one.high[at]]).filter(([, low, high]) => low !== null && high !== null),
    renderItem(_params, api) {
      const [from, to] = [1, 2].map((n) => api.coord(horizontal ? [api.value(n), api.value(0)] : [api.value(0), api.value(n)]));
      const width = api.size(horizontal ? [0, 1] : [1, 0])[horizontal ? 1 : 0];
      const shift = ((place + 0.5) / count - 0.5) * MOST * width;
      const cap = Math.min(5, width / count / 4);
      const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: look.ink, lineWidth: 1.5 } });
      if (horizontal) {
        const y = from[1] + shift;
        return { type: "group", children: [stroke(from[0], y, to[0], y), stroke(from[0], y - cap, from[0], y + cap), stroke(to[0], y - cap, to[0], y + cap)] };
      }
      const x = from[0] + shift;
      return { type: "group", children: [stroke(x, from[1], x, to[1]), stroke(x - cap, from[1], x + cap, from[1]), stroke(x - cap, to[1], x + cap, to[1])] };
    },
  };
}
