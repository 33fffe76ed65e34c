// Keeps what is unusual current: detections as they begin, change and end, networks that are turned away, and charts of the hour.
import { timeChart } from "/js/charts.js";
import { follow } from "/js/feed.js";
import { act, find, made, setText, showFacts } from "/js/page.js";

/**
 * @typedef {{name: string, value: string}} Fact
 * @typedef {{number: number, isOver: boolean, what: string, when: string, evidence: string, from: string, sessions: string[], done: string[]}} Detection
 * @typedef {{nonceReuse: number, unauthenticated: number, tripped: number, blocks: Fact[], drops: Fact[]}} Node
 */

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

if (charts.length > 0) {
  follow("/feed/pulse", (pulse) => {
    for (const { columns, add } of charts) add(pulse.newest, columns.map((column) => pulse[column]));
  });
}

/** @param {Detection} detection */
function drawDetection(detection) {
  const item = document.createElement("li");
  item.id = `detection-${detection.number}`;
  item.className = detection.isOver ? "over" : "critical";
  const head = document.createElement("p");
  head.append(made("span", detection.isOver ? "over" : "now", "severity"), " ", made("b", detection.what), ` · ${detection.when}`);
  item.append(head, made("p", detection.evidence, "why"));
  if (detection.from !== "") {
    const from = made("p", "from ", "why");
    from.append(made("span", detection.from, "mono"));
    item.append(from);
  }
  if (detection.sessions.length > 0) {
    const about = made("p", "sessions ", "why");
    for (const session of detection.sessions) {
      const link = document.createElement("a");
      link.className = "mono";
      link.href = `/sessions/${session}`;
      link.textContent = session;
      about.append(link, " ");
    }
    item.append(about);
  }
  item.append(...detection.done.map((done) => made("p", `done: ${done}`, "why")));
  return item;
}

/** @type {Map<number, string>} */
const drawn = new Map();

/** @param {Detection[]} detections the newest first */
function showDetections(detections) {
  find("#none", HTMLElement).hidden = detections.length > 0;
  const list = find("#detections", HTMLElement);
  const kept = new Set(detections.map((detection) => `detection-${detection.number}`));
  for (const item of [...list.children]) if (!kept.has(item.id)) item.remove();
  detections.forEach((detection, index) => {
    const text = JSON.stringify(detection);
    const item = document.getElementById(`detection-${detection.number}`);
    // What has not changed stays, with the focus that may be in it; what has, stays what the address points at.
    if (item !== null && drawn.get(detection.number) === text) return;
    drawn.set(detection.number, text);
    const fresh = drawDetection(detection);
    if (item === null) {
      list.insertBefore(fresh, list.children[index] ?? null);
      return;
    }
    item.className = fresh.className;
    item.replaceChildren(...fresh.children);
  });
}

/** @param {Fact[]} blocks */
function showBlocks(blocks) {
  find("#no-blocks", HTMLElement).hidden = blocks.length > 0;
  find("#blocks", HTMLElement).hidden = blocks.length === 0;
  const body = find("#blocks tbody", HTMLTableSectionElement);
  while (body.rows.length > blocks.length) body.deleteRow(-1);
  blocks.forEach((block, index) => {
    let row = body.rows[index];
    if (row === undefined || row.cells[0].textContent !== block.name) {
      const fresh = document.createElement("tr");
      const name = made("th", block.name, "mono");
      name.setAttribute("scope", "row");
      const acts = document.createElement("td");
      if (body.dataset.acts) acts.append(action("lift", "Let in", block.name), " ", action("extend", "One more hour", block.name));
      fresh.append(name, made("td", "", "number"), acts);
      if (row === undefined) body.append(fresh);
      else row.replaceWith(fresh);
      row = fresh;
    }
    setText(row.cells[1], block.value);
  });
}

/** @param {string} what @param {string} text @param {string} network */
function action(what, text, network) {
  const button = made("button", text);
  button.setAttribute("type", "button");
  button.dataset.block = what;
  button.dataset.network = network;
  return button;
}

/** @param {Node} node */
function showNode(node) {
  for (const [id, value] of /** @type {[string, number][]} */ ([["nonce", node.nonceReuse], ["unauthenticated", node.unauthenticated]])) {
    const number = find(`#${id}`, HTMLElement);
    setText(number, String(value));
    if (number.parentElement) number.parentElement.className = value === 0 ? "good" : "bad";
  }
  showBlocks(node.blocks);
  find("#no-drops", HTMLElement).hidden = node.drops.length > 0;
  showFacts(find("#drops", HTMLElement), node.drops);
  setText(find("#tripped", HTMLElement), String(node.tripped));
}

document.getElementById("blocks")?.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-block]") : null;
  if (!(button instanceof HTMLElement)) return;
  const fault = await act(`/blocks/${button.dataset.block}`, { network: button.dataset.network });
  setText(find("#outcome", HTMLElement), fault ?? (button.dataset.block === "lift" ? "It is let in." : "It is turned away for another hour."));
});

follow("/feed/udp", (page) => {
  showDetections(page.detections);
  if (page.node !== null) showNode(page.node);
});
