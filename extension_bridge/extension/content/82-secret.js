// Notifies when a secret field gets or loses the focus, so that nothing is recorded meanwhile.
"use strict";
(() => {
  let reported = false;
  const inner = globalThis.window !== globalThis.top;

  /** @param {boolean} on */
  function report(on) {
    if (on === reported) return;
    reported = on;
    rubato.notify({ event: "secret", on });
  }

  function secretFocused() {
    const active = document.visibilityState === "visible" ? rubato.activeElement() : null;
    return Boolean(active && rubato.dom.isElement(active) && rubato.writing.secret(active));
  }

  const check = () => report(secretFocused());

  rubato.checkSecret = check;
  rubato.secret = () => ({ on: secretFocused() });

  // While the focus moves, no element has it for a moment; check where it ends up.
  const later = () => setTimeout(check, 0);
  for (const type of ["focusin", "focusout", "visibilitychange"])
    {rubato.listen(document, type, later, { capture: true, passive: true });}
  rubato.listen(globalThis, "pagehide", () => report(false));
  // A frame keeps its active element when the focus moves to its parent page. The top frame keeps it too when another window has the
  // focus, and rightly so: played words still act on this page.
  if (inner) {
    rubato.listen(globalThis, "blur", () => report(false));
    rubato.listen(globalThis, "focus", later);
  }
  check();
})();
