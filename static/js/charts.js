// Charts from the JSON beside them. Canvas only and tooltips drawn into the canvas: the page allows no inline style.

const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue(name).trim();
const colours = [1, 2, 3, 4, 5].map((number) => token(`--chart-${number}`));
const font = { fontFamily: token("--sans"), color: token("--ink-2"), fontSize: 12 };
const line = { lineStyle: { color: token("--line") } };

const base = () => ({
  color: colours,
  textStyle: font,
  animationDuration: 300,
  aria: { enabled: false },
  tooltip: { renderMode: "richText", confine: true, textStyle: font },
  legend: { bottom: 0, itemHeight: 10, itemWidth: 16, textStyle: font },
});

// {axes: [{name, max}], series: [{name, values}]}
function radar(data, width) {
  return {
    ...base(),
    radar: {
      indicator: data.axes,
      radius: width < 340 ? "50%" : "64%",
      center: ["50%", "46%"],
      axisName: font,
      splitLine: line,
      axisLine: line,
      splitArea: { show: false },
    },
    series: [{ type: "radar", data: data.series.map(radarSeries) }],
  };
}

function radarSeries(entry, place) {
  return {
    name: entry.name,
    value: entry.values,
    symbolSize: 5,
    lineStyle: { width: 2, type: place === 0 ? "solid" : "dashed" },
    areaStyle: { opacity: place === 0 ? 0.12 : 0 },
  };
}

// Long names stand beside their bars in two lines rather than cut off; on a phone they take a third of the width.
function besideBars(width) {
  return { width: Math.min(168, Math.round(width / 3)), overflow: "break", lineHeight: 14 };
}

// Names below their columns break where the next one begins.
function belowColumns(width, count) {
  return { width: Math.floor((width - 64) / Math.max(1, count)) - 8, overflow: "break", lineHeight: 14 };
}

// {categories: […], series: [{name, values}], unit, horizontal}
function bars(data, width) {
  const names = {
    type: "category",
    data: data.categories,
    axisTick: { show: false },
    axisLine: line,
    axisLabel: { ...font, interval: 0, ...(data.horizontal ? besideBars(width) : belowColumns(width, data.categories.length)) },
    inverse: Boolean(data.horizontal),
  };
  const amounts = { type: "value", name: data.unit, nameTextStyle: font, splitLine: line, axisLabel: { ...font, hideOverlap: true }, minInterval: 1 };
  return {
    ...base(),
    grid: { left: 8, right: 28, top: 28, bottom: data.series.length > 1 ? 36 : 8, containLabel: true },
    legend: { ...base().legend, show: data.series.length > 1 },
    tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: data.horizontal ? amounts : names,
    yAxis: data.horizontal ? names : amounts,
    series: data.series.map((entry) => ({
      type: "bar",
      name: entry.name,
      data: entry.values,
      barMaxWidth: 26,
      label: { show: data.series.length === 1, position: data.horizontal ? "right" : "top", ...font },
    })),
  };
}

// {categories: […], series: [{name, values}], unit}
function lines(data, width) {
  const drawn = bars(data, width);
  drawn.series = drawn.series.map((entry) => ({ ...entry, type: "line", symbolSize: 6, label: { show: false } }));
  return drawn;
}

const kinds = { radar, bars, lines };

function draw(place) {
  const source = document.getElementById(place.dataset.chart);
  const make = kinds[place.dataset.kind];
  if (!source || !make) return;
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(make(JSON.parse(source.textContent), place.clientWidth));
  window.addEventListener("resize", () => chart.resize());
  window.addEventListener("beforeprint", () => chart.resize());
}

function drawAll(root) {
  root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((place) => {
    place.dataset.drawn = "yes";
    draw(place);
  });
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.target));
