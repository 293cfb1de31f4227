// How many are left at each step, as lying bars around one middle.
import { categories, frameOf, names, numbersOf, values } from "./look.js";

export function funnel(figure, look) {
  const said = numbersOf(figure.unit, figure.digits);
  const most = Math.max(...figure.values.filter((value) => value !== null), 1);
  const frame = frameOf(look);
  return {
    ...frame, grid: { ...frame.grid, right: 12 },
    xAxis: { ...values(look, said, { min: -most, max: most }), show: false },
    yAxis: categories(figure.labels, look, { inverse: true, axisLine: { show: false }, axisLabel: names(figure.labels, look) }),
    tooltip: { ...frame.tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: [{
      type: "custom", encode: { x: [1, 2], y: 0 },
      data: figure.values.map((value, at) => [at, -value, value]).filter(([at]) => figure.values[at] !== null),
      renderItem: (_params, api) => stepOf(api, { look, said, words: figure.words }),
    }],
  };
}

function stepOf(api, { look, said, words }) {
  const at = api.value(0);
  const [left, right] = [api.coord([api.value(1), at]), api.coord([api.value(2), at])];
  const height = api.size([0, 1])[1] * 0.8;
  const width = Math.max(2, right[0] - left[0]);
  const text = words?.[at] ?? said(api.value(2));
  const fits = width > 16 + text.length * 8;
  return {
    type: "group",
    children: [
      { type: "rect", shape: { x: left[0], y: left[1] - height / 2, width, height, r: 3 }, style: { fill: look.series[0] } },
      { type: "text", style: { text, x: fits ? left[0] + width / 2 : right[0] + 6, y: left[1], align: fits ? "center" : "left", verticalAlign: "middle", fill: fits ? look.ground : look.ink, fontSize: 13, fontWeight: 600, fontFamily: look.font } },
    ],
  };
}
