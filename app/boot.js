// Before the first paint: the theme that was chosen, so that the page never flashes in the other
// one. After it: the sentence for browsers in which the program cannot start.
(() => {
  try {
    const theme = localStorage.getItem("pinfold.theme");
    if (theme) document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme it is.
  }
  let started = false;
  addEventListener("TrunkApplicationStarted", () => (started = true));
  const unable = () => {
    if (started) return;
    document.getElementById("no-wasm").hidden = false;
    document.getElementById("main").hidden = true;
  };
  // Scripts and modules that do not load report to their element only: hence the capture.
  addEventListener("error", unable, true);
  addEventListener("unhandledrejection", unable);
  if (typeof WebAssembly !== "object") addEventListener("DOMContentLoaded", unable);
})();
