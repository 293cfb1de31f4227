// <div data-trend-chart="id" role="img" aria-label="…" hidden> draws the JSON in
// <script type="application/json" id="id">: {unit, lowest, labels, values, low, high, words}.
// Gaps are null. The element stays hidden without JavaScript; the table beside it says
// the same. Tooltips are drawn on the canvas: HTML ones need inline styles, which the
// content security policy forbids.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

function options({ unit, lowest, labels, values, low, high, words }) {
  const ink = colour("--cem-ink-quiet");
  const accent = colour("--cem-accent");
  const band = (data, fill) => ({
    type: "line", data, stack: "band", stackStrategy: "all", silent: true, symbol: "none",
    lineStyle: { opacity: 0 }, areaStyle: fill ? { color: accent, opacity: 0.14 } : undefined,
    tooltip: { show: false }, emphasis: { disabled: true },
  });
  return {
    animation: false,
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    xAxis: { type: "category", data: labels, axisLabel: { color: ink, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" } },
    yAxis: { type: "value", min: lowest, max: 100, axisLabel: { color: ink, formatter: `{value}${unit}` } },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, transitionDuration: isStill ? 0 : 0.2,
      formatter: (at) => words[at[0].dataIndex],
    },
    series: [
      band(low, false),
      band(high.map((value, i) => (value === null ? null : value - low[i])), true),
      {
        type: "line", data: values, symbolSize: 6, showSymbol: values.length < 40,
        lineStyle: { width: 2, color: accent }, itemStyle: { color: accent },
      },
    ],
  };
}

for (const place of document.querySelectorAll("[data-trend-chart]")) {
  const series = JSON.parse(document.getElementById(place.dataset.trendChart).textContent);
  place.hidden = false;
  const chart = globalThis.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(series));
  new ResizeObserver(() => chart.resize()).observe(place);
}
