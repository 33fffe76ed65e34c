// Charts of the node's UDP, and what can be done about a network that is turned away. A new detection renews the page.
import { timeChart } from "/js/charts.js";
import { follow } from "/js/feed.js";
import { act, find, setText } from "/js/page.js";

const hour = 3600;
/** @type {{columns: string[], add: (at: number, values: (number | null)[][]) => void}[]} */
const charts = [];

/** @param {string} name @param {[string, string][]} lines @param {number} least @param {boolean} [fill] */
function chart(name, lines, least, fill) {
  const figure = document.querySelector(`[data-chart=${name}]`);
  if (!(figure instanceof HTMLElement)) return;
  charts.push({ columns: lines.map(([, column]) => column), add: timeChart(figure, { names: lines.map(([label]) => label), seconds: hour, least, fill }) });
}

chart("prefixes", [["networks", "prefixes"]], 10, true);
chart("failures", [["failures", "authFailures"], ["drops", "drops"]], 5);
chart("tripped", [["tripped", "tripped"]], 3, true);

for (const button of document.querySelectorAll("[data-block]")) {
  button.addEventListener("click", async () => {
    const { block, network } = /** @type {HTMLElement} */ (button).dataset;
    const fault = await act(`/blocks/${block}`, { network });
    if (fault === null) location.reload();
    else setText(find("#outcome", HTMLElement), fault);
  });
}

if (charts.length > 0) {
  follow("/feed/pulse", (pulse) => {
    for (const { columns, add } of charts) add(pulse.newest, columns.map((column) => pulse[column]));
  });
}

/** @type {string | null} */
let known = null;
follow("/feed/sessions", (overview) => {
  const ongoing = JSON.stringify(overview.attention.filter((/** @type {{link: string}} */ view) => view.link.startsWith("/udp")));
  if (known !== null && known !== ongoing) location.reload();
  known = ongoing;
});
