// Tells once that the page stands still: its load event, at most 10 s after it began, then 300 ms in which nothing in view moved, at most 3 s. Afterwards
// nothing is watched any more.
"use strict";
(() => {
  const STILL = 300;
  const LONGEST = 3000;
  // What never loads, such as a frame or a picture, is not waited for longer than this.
  const LATEST = 10_000;

  rubato.tell = (message) => {
    // The extension may have been updated or removed under a page that stays: then nobody listens.
    if (globalThis.chrome?.runtime?.id) Promise.resolve(chrome.runtime.sendMessage(message)).catch(() => {});
  };

  if (globalThis.window !== globalThis.top) return;

  /** Waits for stillness, then tells. */
  function settle() {
    /** @type {Array<{disconnect(): void}>} */
    const watching = [];
    let timer = 0;
    const ending = setTimeout(done, LONGEST);
    function moved() {
      clearTimeout(timer);
      timer = setTimeout(done, STILL);
    }
    function done() {
      clearTimeout(timer);
      clearTimeout(ending);
      for (const each of watching.splice(0)) each.disconnect();
      rubato.tell({
        event: "loaded",
        url: location.href,
        title: rubato.labels.clean(rubato.dom.title()),
        ms: Math.round(performance.now()),
      });
    }
    rubato.endings.push(() => {
      clearTimeout(timer);
      clearTimeout(ending);
      for (const each of watching.splice(0)) each.disconnect();
    });
    // The browser itself tells of what moved within the view.
    if (globalThis.PerformanceObserver?.supportedEntryTypes?.includes("layout-shift")) {
      const shifts = new PerformanceObserver(moved);
      shifts.observe({ type: "layout-shift", buffered: false });
      watching.push(shifts);
    }
    // What only grows moves nothing, and is still not at rest.
    const root = rubato.dom.root();
    if (globalThis.ResizeObserver && root) {
      const sizes = new ResizeObserver(moved);
      for (const element of [root, rubato.dom.body()]) if (element) sizes.observe(element);
      watching.push(sizes);
    }
    moved();
  }

  if (document.readyState === "complete") settle();
  else {
    const late = setTimeout(settled, LATEST);
    rubato.endings.push(() => clearTimeout(late));
    rubato.listen(globalThis, "load", settled, { once: true });
    let begun = false;
    function settled() {
      clearTimeout(late);
      if (!begun) settle();
      begun = true;
    }
  }
  // A page that comes back from the browser's memory was not loaded, but it is there anew.
  rubato.listen(globalThis, "pageshow", (event) => {
    if (/** @type {PageTransitionEvent} */ (event).persisted) settle();
  });
})();
