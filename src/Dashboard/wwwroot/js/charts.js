// Charts over time that grow at their right end.
import uPlot from "/lib/uplot/uPlot.js";

const colours = ["#3b82c4", "#d98324", "#c0504d", "#6a9a4f", "#8a6bbd"];

// A broker that has just begun has no hour to show.
const leastSpan = 300;

/**
 * Hours and minutes, whatever the browser's country.
 * @param {any} _ @param {number[]} seconds
 */
const clock = (_, seconds) => seconds.map((at) => new Date(at * 1000).toTimeString().slice(0, 5));

/**
 * @param {HTMLElement} figure
 * @param {{names: string[], seconds: number, least: number, fill?: boolean}} options what the lines are, how far back it goes, and how high it is at least
 * @returns {(at: number, values: (number | null)[][], step?: number) => void} takes samples, the last of which is of that second: a column for each
 *   line. What they overlap with, they replace: a feed that was lost tells the hour again.
 */
export function timeChart(figure, { names, seconds, least, fill }) {
  const place = document.createElement("div");
  figure.append(place);
  const ink = () => getComputedStyle(place).color;
  /** @type {(number | null)[][]} */
  let data = [[], ...names.map(() => [])];
  const height = 140;
  const plot = new uPlot({
    width: Math.max(place.clientWidth, 120),
    height,
    legend: { show: names.length > 1, live: false },
    cursor: { y: false, points: { show: false } },
    scales: {
      x: { range: () => { const last = /** @type {number} */ (data[0].at(-1) ?? Date.now() / 1000); return [last - Math.min(seconds, Math.max(leastSpan, last - (data[0][0] ?? last))), last]; } },
      y: { range: (/** @type {any} */ _, /** @type {number | null} */ __, /** @type {number | null} */ high) => [0, Math.max(high ?? 0, least) * 1.08] },
    },
    axes: [
      { stroke: ink, size: 30, grid: { show: false }, values: clock, space: 70 },
      { stroke: ink, size: 46, grid: { stroke: "rgba(128,128,128,.2)", width: 1 } },
    ],
    series: [{}, ...names.map((label, index) => ({
      label, stroke: colours[index], width: 1.5, spanGaps: false, points: { show: false }, fill: fill && index === 0 ? "rgba(59,130,196,.12)" : undefined,
    }))],
  }, data, place);
  new ResizeObserver(() => plot.setSize({ width: Math.max(place.clientWidth, 120), height })).observe(place);

  return (at, values, step = 1) => {
    const count = values[0].length;
    if (count === 0) return;
    const times = /** @type {number[]} */ (data[0]);
    const first = at - (count - 1) * step;
    const kept = times.findLastIndex((time) => time < first - step / 2) + 1;
    const tooOld = times.findIndex((time) => time > at - seconds);
    data = data.map((column) => column.slice(tooOld < 0 ? kept : Math.min(tooOld, kept), kept));
    for (let i = 0; i < count; i++) {
      data[0].push(first + i * step);
      values.forEach((column, index) => data[index + 1].push(column[i]));
    }
    plot.setData(data);
  };
}

/**
 * Bars, one a bucket.
 * @param {HTMLElement} figure @param {string[]} labels
 * @returns {(counts: number[]) => void}
 */
export function bars(figure, labels) {
  const place = document.createElement("ol");
  place.className = "bars";
  place.replaceChildren(...labels.map((label) => {
    const item = document.createElement("li");
    const bar = document.createElement("i");
    const name = document.createElement("span");
    name.textContent = label;
    item.append(bar, name);
    return item;
  }));
  figure.append(place);
  return (counts) => {
    const most = Math.max(1, ...counts);
    [...place.children].forEach((item, index) => {
      const bar = /** @type {HTMLElement} */ (item.firstElementChild);
      bar.style.height = `${Math.round((counts[index] / most) * 90)}px`;
      item.setAttribute("title", `${counts[index]} up to ${labels[index]}`);
    });
  };
}
