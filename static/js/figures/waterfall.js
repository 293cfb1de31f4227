// Steps from one total to another, each from where the last one ended; always lying, as
// steps have long names.
import { categories, frameOf, names, numbersOf, rangeOf, values } from "./look.js";

export function waterfall(figure, look) {
  const { labels, unit } = figure;
  const said = numbersOf(unit, figure.digits);
  const signed = (value) => (value > 0 ? "+" : "") + said(value).replace("+", "");
  const steps = stepsOf(figure.values);
  const range = rangeOf(steps.flatMap(([from, to]) => [from, to]), unit, look, { fromZero: true });
  const frame = frameOf(look);
  return {
    ...frame, grid: { ...frame.grid, right: 44 },
    xAxis: values(look, said, range),
    yAxis: categories(labels, look, { inverse: true, axisLabel: names(labels, look) }),
    tooltip: { ...frame.tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: [{
      type: "custom", encode: { x: [1, 2], y: 0 },
      data: steps.map(([from, to], at) => [at, from, to]),
      renderItem: (params, api) => barOf(api, { steps, look, said, signed, values: figure.values, floor: params.coordSys.x }),
    }],
  };
}

function stepsOf(all) {
  let sum = 0;
  return all.map((value, at) => {
    if (at === 0 || at === all.length - 1) { sum = value; return [0, value]; }
    const from = sum;
    sum += value;
    return [from, sum];
  });
}

function barOf(api, { steps, look, said, signed, values: all, floor }) {
  const at = api.value(0);
  const isTotal = at === 0 || at === steps.length - 1;
  const [start, end] = [api.coord([api.value(1), at]), api.coord([api.value(2), at])];
  const height = Math.min(26, api.size([0, 1])[1] * 0.66);
  const [left, right] = [Math.min(start[0], end[0]), Math.max(start[0], end[0])];
  const fill = isTotal ? look.total : all[at] >= 0 ? look.up : look.down;
  const words = isTotal ? said(all[at]) : signed(all[at]);
  // Beside the bar where there is room, else in it.
  const side = right < look.width - 70 ? "left" : left > floor + 50 ? "right" : "center";
  const x = { left: right + 5, right: left - 5, center: (left + right) / 2 }[side];
  const children = [
    { type: "rect", shape: { x: left, y: start[1] - height / 2, width: Math.max(1.5, right - left), height }, style: { fill } },
    { type: "text", style: { text: words, x, y: start[1], fill: side === "center" ? look.ground : look.ink, fontSize: 12, fontFamily: look.font, verticalAlign: "middle", align: side } },
  ];
  if (at < steps.length - 1) {
    const next = api.coord([api.value(2), at + 1]);
    children.push({ type: "line", shape: { x1: end[0], y1: start[1] + height / 2, x2: end[0], y2: next[1] - height / 2 }, style: { stroke: look.quiet, lineWidth: 1 } });
  }
  return { type: "group", children };
}
