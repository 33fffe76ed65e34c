// Keeps the node current: whether it takes sessions, how full it is, what it uses.
import { follow } from "/js/feed.js";
import { find, setText, showFacts } from "/js/page.js";

/**
 * @typedef {{name: string, value: string}} Fact
 * @typedef {{state: string, kind: string, load: string, sessions: number, facts: Fact[], handovers: Fact[]}} Node
 */

follow("/feed/nodes", (/** @type {Node} */ node) => {
  const state = find("#state", HTMLElement);
  setText(state, node.state);
  state.className = `badge ${node.kind}`;
  setText(find("#load", HTMLElement), node.load);
  find("#meter", HTMLMeterElement).value = node.sessions;
  showFacts(find("#facts", HTMLElement), node.facts);
  find("#no-handovers", HTMLElement).hidden = node.handovers.length > 0;
  showFacts(find("#handovers", HTMLElement), node.handovers);
});
