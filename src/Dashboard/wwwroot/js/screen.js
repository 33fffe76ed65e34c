// A live screen, read-only: the terminal is fed with nothing but frames that the broker drew.
import { Terminal } from "/lib/xterm/xterm.js";

/** @param {string} id @param {HTMLButtonElement} button @param {HTMLElement} place */
export function watchScreen(id, button, place) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {Terminal | null} */
  let terminal = null;

  function stop() {
    source?.close();
    source = null;
    button.textContent = "Show the live screen";
    button.setAttribute("aria-pressed", "false");
  }

  /** @param {{columns: number, rows: number, whole: boolean, bytes: string}} frame */
  function draw(frame) {
    if (terminal === null) {
      place.hidden = false;
      terminal = new Terminal({
        cols: frame.columns, rows: frame.rows, disableStdin: true, scrollback: 0, convertEol: false, cursorBlink: false, screenReaderMode: true,
        fontSize: 14, fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', theme: { background: "#14171a", foreground: "#e6e8ea" },
      });
      terminal.open(place);
    } else if (terminal.cols !== frame.columns || terminal.rows !== frame.rows) {
      terminal.resize(frame.columns, frame.rows);
    }
    terminal.write(Uint8Array.from(atob(frame.bytes), (letter) => letter.charCodeAt(0)));
    // For tests and assistive tools: the screen is a frame of this many.
    place.dataset.frames = String(Number(place.dataset.frames ?? "0") + 1);
  }

  function start() {
    source = new EventSource(`/feed/sessions/${id}/screen`);
    source.onmessage = (message) => draw(JSON.parse(message.data));
    source.addEventListener("over", stop);
    button.textContent = "Hide the live screen";
    button.setAttribute("aria-pressed", "true");
  }

  button.addEventListener("click", () => {
    if (source === null) start();
    else {
      stop();
      terminal?.dispose();
      terminal = null;
      place.hidden = true;
    }
  });
  addEventListener("pagehide", stop);
}
