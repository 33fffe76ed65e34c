// Small things that every page needs.

/** @template {Element} T @param {string} selector @param {new () => T} type @param {ParentNode} [within] @returns {T} */
export function find(selector, type, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`no ${selector}`);
  return found;
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * An element with a text.
 * @template {keyof HTMLElementTagNameMap} K @param {K} name @param {string} text @param {string} [className] @returns {HTMLElementTagNameMap[K]}
 */
export function made(name, text, className) {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/**
 * A list of names and values, touched where it changed.
 * @param {HTMLElement} list @param {{name: string, value: string}[]} facts
 */
export function showFacts(list, facts) {
  while (list.children.length > facts.length) list.lastElementChild?.remove();
  facts.forEach((fact, index) => {
    let item = list.children[index];
    if (item === undefined) {
      item = document.createElement("div");
      item.append(document.createElement("dt"), document.createElement("dd"));
      list.append(item);
    }
    setText(find("dt", HTMLElement, item), fact.name);
    setText(find("dd", HTMLElement, item), fact.value);
  });
}

/** @param {number | null} seconds @returns {string} */
export function ago(seconds) {
  if (seconds === null) return "–";
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** @param {number} bytes @returns {string} */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 1000 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/**
 * Asks the broker to do something; the line that says why not, or null.
 * @param {string} path @param {unknown} [body] @returns {Promise<string | null>}
 */
export async function act(path, body) {
  const bar = find(".bar", HTMLElement);
  /** @type {Record<string, string>} */
  const headers = { "X-Antiforgery": bar.dataset.antiforgery ?? "" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(`/api/v1${path}`, { method: "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (response.ok) return null;
    const fault = await response.json().catch(() => null);
    return fault?.error ?? `The broker answered ${response.status}.`;
  } catch {
    return "The broker does not answer.";
  }
}
