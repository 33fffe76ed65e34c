// Keeps the overview current: one feed of counts and of what needs attention, one of the charts' numbers.
import { bars, timeChart } from "/js/charts.js";
import { follow } from "/js/feed.js";
import { find, setText } from "/js/page.js";

/**
 * @typedef {{severity: string, line: string, link: string}} Attention
 * @typedef {{notReady: string | null, load: string, states: {state: string, sessions: number}[], attention: Attention[]}} Overview
 */

const hour = 3600;
const live = find("#live", HTMLElement);
const notReady = "Not accepting sessions: ";

/** @param {Overview} overview */
function show(overview) {
  if (overview.notReady !== null) setText(live, notReady + overview.notReady);
  else if (live.textContent?.startsWith(notReady)) setText(live, "");
  setText(find("#load", HTMLElement), overview.load);
  for (const { state, sessions } of overview.states) {
    const item = find(`#states [data-state=${state}]`, HTMLElement);
    setText(find("b", HTMLElement, item), String(sessions));
    item.classList.toggle("none", sessions === 0);
  }
  find("#empty", HTMLElement).hidden = overview.states.some((state) => state.sessions > 0);
  attend(overview.attention);
}

/** @param {Attention[]} views */
function attend(views) {
  const list = find("#attention", HTMLElement);
  while (list.children.length > views.length) list.lastElementChild?.remove();
  views.forEach((view, index) => {
    let item = list.children[index];
    if (item === undefined) {
      item = document.createElement("li");
      item.append(document.createElement("a"));
      list.append(item);
    }
    item.className = view.severity;
    const link = find("a", HTMLAnchorElement, item);
    setText(link, view.line);
    if (link.getAttribute("href") !== view.link) link.setAttribute("href", view.link);
  });
  find("#calm", HTMLElement).hidden = views.length > 0;
}

/** @type {{columns: string[], add: (at: number, values: (number | null)[][]) => void}[]} */
const charts = [];

/** @param {string} name @param {[string, string][]} lines what a line is called, and its column @param {number} least @param {boolean} [fill] */
function chart(name, lines, least, fill) {
  const figure = document.querySelector(`[data-chart=${name}]`);
  if (!(figure instanceof HTMLElement)) return;
  charts.push({ columns: lines.map(([, column]) => column), add: timeChart(figure, { names: lines.map(([label]) => label), seconds: hour, least, fill }) });
}

chart("sessions", [["attached", "attached"], ["silent", "silent"], ["lost", "lost"], ["other", "other"]], 5);
chart("echo", [["p50", "echo50"], ["p95", "echo95"], ["p99", "echo99"]], 10);
chart("rtt", [["p50", "rtt50"], ["p95", "rtt95"]], 50);
chart("loss", [["up", "lossUp"], ["sent again", "again"]], 5);
chart("roams", [["roams", "roams"]], 3, true);
chart("failures", [["failures", "authFailures"], ["drops", "drops"]], 5);
chart("datagrams", [["datagrams", "datagrams"]], 20, true);
const spread = bars(find("[data-chart=spread]", HTMLElement), ["5 ms", "10", "25", "50", "100", "200", "400", "800", "1.6 s", "5 s", "more"]);

follow("/feed/overview", show);
follow("/feed/pulse", (pulse) => {
  for (const { columns, add } of charts) add(pulse.newest, columns.map((column) => pulse[column]));
  spread(pulse.rtt);
});
