// Tells while a field that holds a secret has the focus: what is played then is nobody's business.
"use strict";
(() => {
  let told = false;
  const inner = globalThis.window !== globalThis.top;

  /** @param {boolean} on */
  function tell(on) {
    if (on === told) return;
    told = on;
    rubato.tell({ event: "secret", on });
  }

  function focused() {
    const active = document.visibilityState === "visible" ? rubato.activeElement() : null;
    return Boolean(active && rubato.dom.isElement(active) && rubato.writing.secret(active));
  }

  const look = () => tell(focused());

  rubato.lookForSecret = look;
  rubato.secret = () => ({ on: focused() });

  // When the focus goes it is nowhere for a moment; where it came to counts.
  const later = () => setTimeout(look, 0);
  for (const type of ["focusin", "focusout", "visibilitychange"])
    {rubato.listen(document, type, later, { capture: true, passive: true });}
  rubato.listen(globalThis, "pagehide", () => tell(false));
  // A frame keeps its active field when the focus goes to the page around it. The page itself keeps it, rightly, when the
  // person looks at another window: keys still act here.
  if (inner) {
    rubato.listen(globalThis, "blur", () => tell(false));
    rubato.listen(globalThis, "focus", later);
  }
  look();
})();
