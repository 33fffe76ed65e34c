// Keeps the overview current: one feed, and only what changed is touched.

/**
 * @typedef {{id: string, user: string, state: string, command: string, network: string, rtt: string, heard: string, endReason: string | null}} Line
 * @typedef {{notReady: string | null, load: string, states: {state: string, sessions: number}[], sessions: Line[], hidden: number}} Overview
 */

/** @type {(keyof Line)[]} */
const fields = ["id", "user", "state", "command", "network", "rtt", "heard"];

/** @template {Element} T @param {string} selector @param {new () => T} type @param {ParentNode} [within] @returns {T} */
function find(selector, type, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`no ${selector}`);
  return found;
}

const live = find("#live", HTMLElement);
const table = find("#sessions", HTMLTableElement);
const body = find("tbody", HTMLTableSectionElement, table);
const template = find("#line", HTMLTemplateElement);

/** @param {Element} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLTableRowElement} row @param {Line} line */
function fill(row, line) {
  row.dataset.id = line.id;
  row.dataset.state = line.state;
  for (const field of fields) setText(find(`[data-field=${field}]`, HTMLElement, row), line[field] ?? "");
  find("[data-field=command]", HTMLElement, row).title = line.command;
  find("[data-field=state]", HTMLElement, row).title = line.endReason ?? "";
}

/** @param {Line[]} lines */
function showLines(lines) {
  /** @type {Map<string, HTMLTableRowElement>} */
  const rows = new Map();
  for (const row of body.rows) rows.set(row.dataset.id ?? "", row);
  lines.forEach((line, index) => {
    let row = rows.get(line.id);
    rows.delete(line.id);
    if (row === undefined) row = find("tr", HTMLTableRowElement, /** @type {DocumentFragment} */ (template.content.cloneNode(true)));
    fill(row, line);
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  });
  for (const row of rows.values()) row.remove();
}

/** @param {Overview} overview */
function show(overview) {
  setText(live, overview.notReady === null ? "" : `Not accepting sessions: ${overview.notReady}`);
  setText(find("#load", HTMLElement), overview.load);
  for (const { state, sessions } of overview.states) {
    const item = find(`#states [data-state=${state}]`, HTMLElement);
    setText(find("b", HTMLElement, item), String(sessions));
    item.classList.toggle("none", sessions === 0);
  }
  showLines(overview.sessions);
  table.hidden = overview.sessions.length === 0;
  find("#empty", HTMLElement).hidden = overview.sessions.length > 0;
  find("#more", HTMLElement).hidden = overview.hidden === 0;
  setText(find("#hidden", HTMLElement), String(overview.hidden));
}

/** @type {EventSource | null} */
let feed = null;

function open() {
  if (feed !== null) return;
  feed = new EventSource("/feed/sessions");
  feed.onmessage = (message) => {
    document.body.classList.remove("stale");
    show(JSON.parse(message.data));
  };
  feed.onerror = () => {
    document.body.classList.add("stale");
    setText(live, "The broker does not answer. What is shown is old.");
    // A refusal (too many viewers) closes the feed for good; the browser itself retries only a connection that broke.
    if (feed?.readyState === EventSource.CLOSED) {
      close();
      setTimeout(open, 5000);
    }
  };
}

function close() {
  feed?.close();
  feed = null;
}

addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
