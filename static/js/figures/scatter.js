// Named points in four quarters; a point with an address can be followed, as can its
// line in the table behind.
import { frameOf, numbersOf, values } from "./look.js";

export function scatter(figure, look) {
  const { points, x_label: xLabel, y_label: yLabel, x_split: xSplit, y_split: ySplit } = figure;
  const frame = frameOf(look);
  const named = (name) => ({ name, nameLocation: "middle", nameTextStyle: { color: look.ink } });
  const [saidX, saidY] = [numbersOf(figure.x_unit, figure.digits), numbersOf(figure.y_unit, figure.digits)];
  const across = points.map(({ x }) => x);
  const middle = (Math.min(...across) + Math.max(...across)) / 2;
  const splits = [
    ...(xSplit === undefined || xSplit === null ? [] : [{ xAxis: xSplit }]),
    ...(ySplit === undefined || ySplit === null ? [] : [{ yAxis: ySplit }]),
  ];
  return {
    ...frame, grid: { ...frame.grid, bottom: 24, left: 24, right: 24 },
    xAxis: { ...values(look, saidX), ...named(xLabel), nameGap: 28, scale: true, boundaryGap: ["6%", "12%"] },
    yAxis: { ...values(look, saidY), ...named(yLabel), nameGap: 44, scale: true, boundaryGap: ["10%", "10%"] },
    tooltip: { ...frame.tooltip, formatter: ({ data }) => [data.name, data.words].filter(Boolean).join("\n") },
    series: [{
      type: "scatter", symbolSize: 12, itemStyle: { color: look.series[0], borderColor: look.ground, borderWidth: 1 },
      data: points.map((point) => ({
        name: point.name, value: [point.x, point.y], words: point.words, url: point.url,
        cursor: point.url ? "pointer" : "default", label: { position: point.x > middle ? "left" : "right" },
      })),
      label: {
        show: true, color: look.ink, formatter: ({ name }) => name,
        width: look.width < 500 ? 90 : 170, overflow: "truncate", fontSize: 12,
      },
      labelLayout: { hideOverlap: points.length > 15, moveOverlap: "shiftY" },
      markLine: {
        silent: true, symbol: "none", animation: false, label: { show: false },
        lineStyle: { color: look.quiet, type: "dashed", width: 1 }, data: splits,
      },
    }],
  };
}
