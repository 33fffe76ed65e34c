// One live connection of a page: opened with it, closed with it, and tried again after a refusal.

/**
 * @param {string} address
 * @param {(message: any) => void} onMessage
 * @param {{onOver?: () => void, lost?: string, on?: Record<string, (message: any) => void>}} [options] also what to do with events of other names
 * @returns {{open: () => void, close: () => void}}
 */
export function follow(address, onMessage, options = {}) {
  const live = document.getElementById("live");
  const lost = options.lost ?? "The broker does not answer. What is shown is old.";
  /** @type {EventSource | null} */
  let source = null;
  let isOver = false;
  let said = lost;

  function open() {
    if (source !== null || isOver) return;
    source = new EventSource(address);
    source.onmessage = (message) => {
      document.body.classList.remove("stale");
      if (live?.textContent === said) live.textContent = "";
      said = lost;
      onMessage(JSON.parse(message.data));
    };
    for (const [name, take] of Object.entries(options.on ?? {})) source.addEventListener(name, (event) => take(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    source.addEventListener("leaving", (event) => {
      said = `The node is draining: ${JSON.parse(/** @type {MessageEvent} */ (event).data)[0]}. What is shown is old until it is back.`;
      if (live !== null) live.textContent = said;
    });
    source.addEventListener("over", () => {
      isOver = true;
      close();
      options.onOver?.();
    });
    source.onerror = () => {
      document.body.classList.add("stale");
      if (live !== null) live.textContent = said;
      // A refusal (logged out, too many viewers) closes the feed for good; the browser itself retries only a connection that broke.
      if (source?.readyState === EventSource.CLOSED) {
        close();
        setTimeout(open, 5000);
      }
    };
  }

  function close() {
    source?.close();
    source = null;
  }

  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
  return { open, close };
}
