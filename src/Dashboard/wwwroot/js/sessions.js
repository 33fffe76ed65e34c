// The table of all sessions: what is searched, filtered and sorted by stands in the address, the choice of columns in the browser.
import { TabulatorFull as Tabulator } from "/lib/tabulator/tabulator.js";
import { follow } from "/js/feed.js";
import { ago, find, setText } from "/js/page.js";

/**
 * @typedef {{id: string, tenant: string, user: string, target: string, state: string, command: string, network: string, rtt: number | null,
 *   loss: number, roams: number, heardAt: number | null, createdAt: number, clients: number, verdict: string, endReason: string | null}} Row
 */

const filters = find("#filters", HTMLFormElement);
const count = find("#count", HTMLElement);
const empty = find("#empty", HTMLElement);
const shownKey = "moshbroker.sessions.columns";

/** @type {Map<string, Row>} */
const rows = new Map();

const now = () => Date.now() / 1000;

/**
 * Text only: names and commands come from users.
 * @param {string} text @param {string} [className]
 */
function cellOf(text, className) {
  const cell = document.createElement("span");
  cell.textContent = text;
  if (className) cell.className = className;
  return cell;
}

/** @param {any} cell */
function linkOf(cell) {
  const link = document.createElement("a");
  link.href = `/sessions/${cell.getValue()}`;
  link.textContent = cell.getValue();
  return link;
}

/** @param {any} cell */
const stateOf = (cell) => {
  const row = /** @type {Row} */ (cell.getData());
  const made = cellOf(row.state, `state ${row.state}`);
  if (row.endReason) made.title = row.endReason;
  return made;
};

/** @param {any} cell */
const textOf = (cell) => {
  const made = cellOf(cell.getValue() ?? "");
  made.title = cell.getValue() ?? "";
  return made;
};

const definitions = [
  { title: "Session", field: "id", formatter: linkOf, width: 104, cssClass: "mono" },
  { title: "Tenant", field: "tenant", formatter: textOf, width: 104 },
  { title: "User", field: "user", formatter: textOf, width: 112 },
  { title: "Target", field: "target", formatter: textOf, width: 100 },
  { title: "State", field: "state", formatter: stateOf, width: 124 },
  { title: "Verdict", field: "verdict", formatter: (/** @type {any} */ cell) => cellOf(cell.getValue().replaceAll("_", " "), cell.getValue() === "fine" ? "dim" : ""), width: 110 },
  { title: "Command", field: "command", formatter: textOf, minWidth: 120, cssClass: "mono" },
  { title: "Network", field: "network", formatter: textOf, width: 146, cssClass: "mono" },
  { title: "RTT", field: "rtt", width: 80, hozAlign: "right", headerHozAlign: "right", sorter: "number", formatter: (/** @type {any} */ cell) => cellOf(cell.getValue() === null ? "–" : `${cell.getValue()} ms`) },
  { title: "Loss", field: "loss", width: 76, hozAlign: "right", headerHozAlign: "right", sorter: "number", formatter: (/** @type {any} */ cell) => cellOf(`${cell.getValue().toFixed(1)} %`) },
  { title: "Roams", field: "roams", width: 80, hozAlign: "right", headerHozAlign: "right", sorter: "number", visible: false },
  { title: "Clients", field: "clients", width: 90, hozAlign: "right", headerHozAlign: "right", sorter: "number", visible: false },
  { title: "Heard", field: "heardAt", width: 100, hozAlign: "right", headerHozAlign: "right", sorter: "number", formatter: (/** @type {any} */ cell) => cellOf(ago(cell.getValue() === null ? null : now() - cell.getValue())) },
  { title: "Started", field: "createdAt", width: 104, hozAlign: "right", headerHozAlign: "right", sorter: "number", formatter: (/** @type {any} */ cell) => cellOf(ago(now() - cell.getValue())) },
];

// On a narrow screen the table starts with what tells most.
const narrow = new Set(["id", "user", "state", "rtt"]);
if (innerWidth < 700) for (const definition of definitions) definition.visible = narrow.has(definition.field);

/** @type {Record<string, boolean>} */
const chosen = JSON.parse(localStorage.getItem(shownKey) ?? "{}");
for (const definition of definitions) {
  if (definition.field in chosen) definition.visible = chosen[definition.field];
}

const address = new URLSearchParams(location.search);
const table = new Tabulator("#table", {
  index: "id",
  columns: definitions,
  layout: "fitColumns",
  height: "calc(100vh - 190px)",
  placeholder: "",
  initialSort: [{ column: definitions.some((definition) => definition.field === address.get("sort")) ? address.get("sort") : "createdAt", dir: address.get("dir") === "asc" ? "asc" : "desc" }],
  columnDefaults: { resizable: true, headerSortTristate: false },
});
let isBuilt = false;
/** @type {any[]} */
let waiting = [];

const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (filters.elements.namedItem(name));

/** @param {Row} row */
function matches(row) {
  const search = field("q").value.trim().toLowerCase();
  return (field("tenant").value === "" || row.tenant === field("tenant").value)
    && (field("state").value === "" || row.state === field("state").value)
    && (field("verdict").value === "" || row.verdict === field("verdict").value)
    && (field("target").value === "" || row.target === field("target").value)
    && (search === "" || [row.id, row.user, row.target, row.command, row.network, row.tenant].some((text) => text.toLowerCase().includes(search)));
}

function tell() {
  const shown = table.getDataCount("active");
  setText(count, shown === rows.size ? `${rows.size}` : `${shown} of ${rows.size}`);
  empty.hidden = shown > 0;
}

function keepAddress() {
  const kept = new URLSearchParams();
  for (const name of ["q", "tenant", "state", "verdict", "target"]) {
    if (field(name).value !== "") kept.set(name, field(name).value);
  }
  const sorter = table.getSorters()[0];
  if (sorter && (sorter.field !== "createdAt" || sorter.dir !== "desc")) {
    kept.set("sort", sorter.field);
    kept.set("dir", sorter.dir);
  }
  history.replaceState(null, "", String(kept) !== "" ? `?${kept}` : location.pathname);
}

function refilter() {
  if (!isBuilt) return;
  table.setFilter(matches);
  keepAddress();
  tell();
}

/**
 * Adds the values that there are; the one that the address names stays chosen even before a row has it.
 * @param {string} name
 */
function fillChoices(name) {
  const select = /** @type {HTMLSelectElement} */ (field(name));
  const values = new Set([...rows.values()].map((row) => String(row[/** @type {keyof Row} */ (name)])).filter((value) => value !== ""));
  if (select.value !== "") values.add(select.value);
  const options = ["", ...[...values].sort()];
  if (options.length === select.options.length && options.every((value, index) => select.options[index].value === value)) return;
  const value = select.value;
  select.replaceChildren(...options.map((option) => new Option(option === "" ? "all" : option.replaceAll("_", " "), option)));
  select.value = value;
}

/** @param {{rows: Row[], gone: string[]}} news */
async function take(news) {
  const fresh = news.rows.filter((row) => !rows.has(row.id));
  const changed = news.rows.filter((row) => rows.has(row.id));
  for (const row of news.rows) rows.set(row.id, row);
  for (const id of news.gone) rows.delete(id);
  if (news.gone.length > 0) await table.deleteRow(news.gone);
  if (changed.length > 0) await table.updateData(changed);
  if (fresh.length > 0) await table.addData(fresh, true);
  if (fresh.length > 0 || changed.length > 0) {
    fillChoices("tenant");
    fillChoices("target");
    fillChoices("verdict");
    table.refreshFilter();
    if (table.getSorters().length > 0) table.setSort(table.getSorters().map((/** @type {any} */ sorter) => ({ column: sorter.field, dir: sorter.dir })));
  }
  tell();
}

function makeColumnChoice() {
  find("#columns", HTMLElement).replaceChildren(...definitions.filter((definition) => definition.field !== "id").map((definition) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = definition.visible !== false;
    box.addEventListener("change", () => {
      table.toggleColumn(definition.field);
      chosen[definition.field] = box.checked;
      localStorage.setItem(shownKey, JSON.stringify(chosen));
    });
    label.append(box, ` ${definition.title}`);
    return label;
  }));
}

for (const name of ["q", "state"]) field(name).value = address.get(name) ?? "";
for (const name of ["tenant", "target", "verdict"]) {
  const value = address.get(name);
  if (value) {
    /** @type {HTMLSelectElement} */ (field(name)).add(new Option(value, value));
    field(name).value = value;
  }
}
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("input", refilter);
find("#clear", HTMLButtonElement).addEventListener("click", () => {
  filters.reset();
  refilter();
});
makeColumnChoice();
table.on("tableBuilt", () => {
  isBuilt = true;
  // The scrolled box stands between the grid and its rows; to assistive tools it is nothing. Its links take the focus.
  const holder = find(".tabulator-tableholder", HTMLElement);
  holder.removeAttribute("tabindex");
  holder.setAttribute("role", "presentation");
  table.setFilter(matches);
  for (const news of waiting) take(news);
  waiting = [];
  table.on("dataSorted", keepAddress);
});
table.on("rowDblClick", (/** @type {any} */ _, /** @type {any} */ row) => location.assign(`/sessions/${row.getData().id}`));
follow("/feed/table", (news) => {
  if (isBuilt) take(news);
  else waiting.push(news);
});
