// Plays a recording: frames of the broker's own emulator, with the marks of what happened on the player's line.
const player = document.getElementById("player");
if (player?.dataset.source) {
  const { AsciinemaPlayer } = /** @type {any} */ (window);
  AsciinemaPlayer.create(player.dataset.source, player, { fit: "width", idleTimeLimit: 2, controls: true, preload: true, terminalFontSize: "small" });
}
