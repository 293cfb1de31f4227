// Cells from pale to strong; with signs, blue above zero and orange below.
import { categories, frameOf, names, numbersOf } from "./look.js";

export function heatmap(figure, look) {
  const { x, y, unit } = figure;
  const said = numbersOf(unit, figure.digits);
  const known = figure.values.filter(([, , value]) => value !== null);
  const lowest = Math.min(...known.map(([, , value]) => value));
  const highest = Math.max(...known.map(([, , value]) => value));
  const most = Math.max(Math.abs(lowest), Math.abs(highest)) || 1;
  const hasSigns = lowest < 0;
  const frame = frameOf(look);
  const cell = look.width / (x.length + 2);
  return {
    ...frame, grid: { ...frame.grid, bottom: 44, right: 8 },
    xAxis: categories(x, look, { axisLine: { show: false }, axisLabel: { hideOverlap: true, interval: x.length > 12 ? "auto" : 0 } }),
    yAxis: categories(y, look, { axisLine: { show: false }, inverse: true, axisLabel: names(y, look) }),
    tooltip: { ...frame.tooltip, formatter: ({ value: [at, row, value] }) => `${y[row]} · ${x[at]}\n${said(value)}` },
    visualMap: {
      min: hasSigns ? -most : Math.min(0, lowest), max: hasSigns ? most : highest || 1, dimension: 2, orient: "horizontal", left: 0, bottom: 0,
      itemHeight: Math.min(140, look.width / 3), itemWidth: 12, textStyle: { color: look.quiet }, formatter: said, calculable: false,
      text: [said(hasSigns ? most : highest), said(hasSigns ? -most : Math.min(0, lowest))],
      inRange: { color: hasSigns ? [look.down, look.ramp[0], look.up] : look.ramp },
    },
    series: [{
      type: "heatmap", itemStyle: { borderColor: look.ground, borderWidth: 2 },
      data: figure.values.map(([at, row, value]) => cellOf([at, row, value], { look, share: hasSigns ? Math.abs(value) / most : value / (highest || 1) })),
      label: { show: cell > 34, formatter: ({ value }) => said(value[2]), fontSize: 12 },
      emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 2 } },
    }],
  };
}

// Words on a strong cell take the colour of the ground; '-' is how a cell stays empty.
function cellOf([at, row, value], { look, share }) {
  if (value === null) return { value: [at, row, "-"] };
  return { value: [at, row, value], label: { color: share > 0.52 ? look.ground : look.ink } };
}
