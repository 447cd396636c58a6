// Notifies once when the page has settled: after its load event (or 10 s), when nothing in view has moved for 300 ms (or 3 s have
// passed). Nothing is observed afterwards.
"use strict";
(() => {
  const QUIET_MS = 300;
  const MAX_SETTLE_MS = 3000;
  // A page with a frame or picture that never loads counts as loaded after this time.
  const MAX_LOAD_MS = 10_000;

  rubato.notify = (message) => {
    // The extension may have been updated or removed while the page is open.
    if (globalThis.chrome?.runtime?.id) Promise.resolve(chrome.runtime.sendMessage(message)).catch(() => {});
  };

  if (globalThis.window !== globalThis.top) return;

  /** Waits until nothing moves, then notifies. */
  function settle() {
    /** @type {Array<{disconnect(): void}>} */
    const observers = [];
    let timer = 0;
    const ending = setTimeout(done, MAX_SETTLE_MS);
    function moved() {
      clearTimeout(timer);
      timer = setTimeout(done, QUIET_MS);
    }
    function done() {
      clearTimeout(timer);
      clearTimeout(ending);
      for (const each of observers.splice(0)) each.disconnect();
      rubato.notify({
        event: "loaded",
        url: location.href,
        title: rubato.labels.clean(rubato.dom.title()),
        ms: Math.round(performance.now()),
      });
    }
    rubato.cleanups.push(() => {
      clearTimeout(timer);
      clearTimeout(ending);
      for (const each of observers.splice(0)) each.disconnect();
    });
    // The browser reports what moved in the view.
    if (globalThis.PerformanceObserver?.supportedEntryTypes?.includes("layout-shift")) {
      const shifts = new PerformanceObserver(moved);
      shifts.observe({ type: "layout-shift", buffered: false });
      observers.push(shifts);
    }
    // Growing content does not count as a layout shift.
    const root = rubato.dom.root();
    if (globalThis.ResizeObserver && root) {
      const sizes = new ResizeObserver(moved);
      for (const element of [root, rubato.dom.body()]) if (element) sizes.observe(element);
      observers.push(sizes);
    }
    moved();
  }

  if (document.readyState === "complete") settle();
  else {
    const late = setTimeout(settled, MAX_LOAD_MS);
    rubato.cleanups.push(() => clearTimeout(late));
    rubato.listen(globalThis, "load", settled, { once: true });
    let begun = false;
    function settled() {
      clearTimeout(late);
      if (!begun) settle();
      begun = true;
    }
  }
  // A page restored from the back/forward cache fires no load event.
  rubato.listen(globalThis, "pageshow", (event) => {
    if (/** @type {PageTransitionEvent} */ (event).persisted) settle();
  });
})();
