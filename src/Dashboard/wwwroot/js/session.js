// One session: numbers and clients once a second, charts of the last hour, what may end it, the live screen, and the actions.
import { timeChart } from "/js/charts.js";
import { follow } from "/js/feed.js";
import { watchScreen } from "/js/screen.js";
import { act, ago, find, setText, showFacts, size } from "/js/page.js";

/**
 * @typedef {{id: number, port: number, peer: string | null, srttMs: number | null, rttVariationMs: number | null, jitterMs: number, lastHeardSecondsAgo: number | null, bytesIn: number, bytesOut: number,
 *   roams: number, drops: Record<string, number>, uplinkLoss: number, downlinkRepeats: number, isReadOnly: boolean}} Client
 * @typedef {{id: string, state: string, columns: number, rows: number, idleSeconds: number | null, ptyBytesRead: number, ptyBytesWritten: number,
 *   endReason: string | null, channels: Client[], verdict: {cause: string, line: string} | null, timeline?: {at: string, what: string, line: string}[],
 *   peers?: {since: string, until: string | null, client: number, peer: string, portChanges: number}[],
 *   limits?: {ends: {cause: string, at: string, line: string}[], rules: {name: string, value: string}[]}}} Session
 * @typedef {{now: number, at: number, stepSeconds: number, rtt: (number | null)[], lossUp: (number | null)[], again: (number | null)[], silence: (number | null)[]}} History
 */

const id = find("#session", HTMLElement).dataset.id ?? "";
const mayAct = document.getElementById("actions") !== null;
const chartSeconds = 3600;

/** @param {string} name @param {string} text */
const show = (name, text) => setText(find(`#numbers [data-field=${name}]`, HTMLElement), text);
const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(1)} %`;

const rttChart = timeChart(find("#chart-rtt", HTMLElement), { names: ["round trip"], seconds: chartSeconds, least: 20, fill: true });
const lossChart = timeChart(find("#chart-loss", HTMLElement), { names: ["up", "sent again"], seconds: chartSeconds, least: 5 });
const heardChart = timeChart(find("#chart-heard", HTMLElement), { names: ["silence"], seconds: chartSeconds, least: 5, fill: true });

/** @param {Client} client */
const nameOf = (client) => (client.isReadOnly ? "watcher" : client.port > 0 ? `mosh ${client.id}` : "ssh");

/** @param {Client[]} clients */
function showClients(clients) {
  const body = find("#clients tbody", HTMLTableSectionElement);
  while (body.rows.length > clients.length) body.deleteRow(-1);
  clients.forEach((client, index) => {
    const row = body.rows[index] ?? body.insertRow();
    while (row.cells.length < 9) row.insertCell();
    const texts = [
      nameOf(client), client.peer ?? "–", client.srttMs === null ? "–" : `${Math.round(client.srttMs)} ± ${Math.round(client.rttVariationMs ?? 0)} ms, jitter ${Math.round(client.jitterMs)}`, ago(client.lastHeardSecondsAgo),
      size(client.bytesIn), size(client.bytesOut), String(client.roams),
      Object.entries(client.drops).map(([reason, count]) => `${reason.replaceAll("_", " ")} ${count}`).join(", ") || "–",
    ];
    texts.forEach((text, column) => {
      row.cells[column].className = column >= 2 && column <= 6 ? "number" : column === 1 ? "mono" : "";
      setText(row.cells[column], text);
    });
    if (mayAct && !client.isReadOnly && row.dataset.channel !== String(client.id)) {
      row.dataset.channel = String(client.id);
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Detach…";
      button.addEventListener("click", () => ask("detach", { channel: client.id, name: nameOf(client) }));
      row.cells[8].replaceChildren(button);
    } else if (client.isReadOnly && row.dataset.channel !== undefined) {
      delete row.dataset.channel;
      row.cells[8].replaceChildren();
    }
  });
  find("#clients", HTMLElement).hidden = clients.length === 0;
  find("#no-clients", HTMLElement).hidden = clients.length > 0;
}

/** @param {{at: string, what: string, line: string}[]} events oldest first */
function showTimeline(events) {
  const list = find("#timeline", HTMLElement);
  const newest = events.at(-1);
  const key = newest ? `${events.length} ${newest.at} ${newest.line}` : "";
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...events.toReversed().map((event) => {
    const item = document.createElement("li");
    item.dataset.what = event.what;
    const time = document.createElement("time");
    time.dateTime = event.at;
    time.textContent = new Date(event.at).toISOString().slice(11, 19);
    item.append(time, ` ${event.line}`);
    return item;
  }));
}

/** @param {string} moment */
const stamp = (moment) => new Date(moment).toISOString().slice(0, 19).replace("T", " ");

/** @param {NonNullable<Session["limits"]> | undefined} limits */
function showLimits(limits) {
  find("#limits", HTMLElement).hidden = limits === undefined;
  if (limits === undefined) return;
  const ends = find("#ends", HTMLElement);
  while (ends.children.length > limits.ends.length) ends.lastElementChild?.remove();
  limits.ends.forEach((end, index) => {
    let item = ends.children[index];
    if (!(item instanceof HTMLElement)) {
      item = document.createElement("li");
      item.append(document.createElement("time"), "");
      ends.append(item);
    }
    /** @type {HTMLElement} */ (item).dataset.cause = end.cause;
    setText(find("time", HTMLTimeElement, item), `${stamp(end.at)} UTC`);
    const line = item.lastChild;
    if (line !== null && line.textContent !== ` ${end.line}`) line.textContent = ` ${end.line}`;
  });
  find("#no-ends", HTMLElement).hidden = limits.ends.length > 0;
  showFacts(find("#rules", HTMLElement), limits.rules);
}

/** @param {NonNullable<Session["peers"]>} peers oldest first */
function showPeers(peers) {
  find("#peers-section", HTMLElement).hidden = peers.length === 0;
  const body = find("#peers tbody", HTMLTableSectionElement);
  while (body.rows.length > peers.length) body.deleteRow(-1);
  peers.toReversed().forEach((peer, index) => {
    const row = body.rows[index] ?? body.insertRow();
    while (row.cells.length < 5) row.insertCell();
    [stamp(peer.since), peer.until === null ? "now" : stamp(peer.until), `mosh ${peer.client}`, peer.peer, String(peer.portChanges)].forEach((text, column) => {
      row.cells[column].className = column === 3 ? "mono" : column === 4 ? "number" : "";
      setText(row.cells[column], text);
    });
  });
}

// The server's clock, as far as it is another than the browser's.
let ahead = 0;

/** @param {History} history the last hour, and then each sample as it is made */
function showHistory(history) {
  ahead = history.now - Date.now() / 1000;
  const isHour = history.rtt.length > 2;
  // Of a young session most of the hour was nothing.
  const first = history.rtt.findIndex((_, index) => history.rtt[index] !== null || history.silence[index] !== null);
  for (const column of [history.rtt, history.lossUp, history.again, history.silence]) column.splice(0, first < 0 ? column.length : first);
  // What is drawn second by second needs no coarser sample.
  if (isHour) {
    rttChart(history.at, [history.rtt], history.stepSeconds);
    heardChart(history.at, [history.silence], history.stepSeconds);
  }
  lossChart(history.at, [history.lossUp, history.again], history.stepSeconds);
}

/** @param {Session} session */
function showSession(session) {
  const state = find("#state", HTMLElement);
  setText(state, session.endReason ? `${session.state}: ${session.endReason.replaceAll("_", " ")}` : session.state);
  state.className = `state ${session.state}`;
  const heard = session.channels.filter((client) => client.lastHeardSecondsAgo !== null && !client.isReadOnly).sort((one, other) => (one.lastHeardSecondsAgo ?? 0) - (other.lastHeardSecondsAgo ?? 0))[0];
  show("rtt", heard?.srttMs != null ? `${Math.round(heard.srttMs)} ms` : "–");
  show("lossUp", heard ? percent(heard.uplinkLoss) : "–");
  show("lossDown", heard ? percent(heard.downlinkRepeats) : "–");
  show("heard", ago(heard?.lastHeardSecondsAgo ?? null));
  show("roams", String(session.channels.reduce((sum, client) => sum + client.roams, 0)));
  show("idle", session.idleSeconds === null ? "–" : `${Math.round(session.idleSeconds)} s`);
  show("window", `${session.columns}×${session.rows}`);
  show("read", size(session.ptyBytesRead));
  show("written", size(session.ptyBytesWritten));
  const verdict = find("#verdict", HTMLElement);
  setText(verdict, session.verdict?.line ?? "");
  verdict.dataset.cause = session.verdict?.cause ?? "";
  showTimeline(session.timeline ?? []);
  showClients(session.channels);
  showLimits(session.limits);
  showPeers(session.peers ?? []);
  const now = Math.round(Date.now() / 1000 + ahead);
  rttChart(now, [[heard?.srttMs ?? null]]);
  heardChart(now, [[heard?.lastHeardSecondsAgo ?? null]]);
  if (session.endReason) for (const button of document.querySelectorAll("#actions button, #clients button")) /** @type {HTMLButtonElement} */ (button).disabled = true;
}

/** @type {Record<string, string>} */
const questions = {
  message: "Show a line on the user's screen? It stays for a minute, or until they type.",
  lock: "Lock this session? Its screen is hidden and takes no keys until it is unlocked or its user logs in again. The program goes on.",
  close: "Close this session? Its program is hung up, and every client is told.",
  detach: "Detach this client? The session goes on without it.",
};

/** @param {string} what @param {{channel?: number, name?: string}} [about] */
function ask(what, about = {}) {
  const dialog = find("#ask", HTMLDialogElement);
  const line = find("#ask [name=line]", HTMLInputElement);
  setText(find("#question", HTMLElement), about.name ? `${questions[what]} (${about.name})` : questions[what]);
  find("#text", HTMLElement).hidden = what !== "message";
  line.required = what === "message";
  line.value = "";
  setText(find("#confirm", HTMLElement), { message: "Show", lock: "Lock", close: "Close it", detach: "Detach" }[what] ?? "Confirm");
  dialog.returnValue = "no";
  dialog.onclose = async () => {
    if (dialog.returnValue !== "yes") return;
    if (what === "message") tell(await act(`/sessions/${id}/message`, { text: line.value }), "The line is on the screen.");
    else if (what === "detach") tell(await act(`/sessions/${id}/channels/${about.channel}/detach`), "The client is told.");
    else tell(await act(`/sessions/${id}/${what}`), { lock: "Locked.", close: "The session ends." }[what] ?? "Done.");
  };
  dialog.showModal();
  (what === "message" ? line : find("#ask [value=no]", HTMLButtonElement)).focus();
}

/** @param {string | null} fault @param {string} done */
function tell(fault, done) {
  const outcome = find("#outcome", HTMLElement);
  outcome.className = fault === null ? "" : "bad";
  setText(outcome, fault ?? done);
}

if (mayAct) {
  for (const button of document.querySelectorAll("#actions [data-act]")) {
    const what = /** @type {HTMLElement} */ (button).dataset.act ?? "";
    button.addEventListener("click", async () => (what === "unlock" ? tell(await act(`/sessions/${id}/unlock`), "Unlocked.") : ask(what)));
  }
}

const watch = document.getElementById("watch");
if (watch instanceof HTMLButtonElement) watchScreen(id, watch, find("#screen", HTMLElement));
follow(`/feed/sessions/${id}`, showSession, { on: { history: showHistory } });
