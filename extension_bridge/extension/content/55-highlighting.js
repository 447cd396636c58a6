// Highlights, drawn with the CSS Custom Highlight API, so the document is not changed. The colours are in highlight.css.
"use strict";
(() => {
  const { highlights } = globalThis.CSS ?? {};

  rubato.highlighting = {
    show(name, ranges) {
      if (highlights && ranges.length) highlights.set(`rubato-${name}`, new Highlight(...ranges));
      else this.hide(name);
    },
    hide(name) {
      highlights?.delete(`rubato-${name}`);
    },
  };
  rubato.cleanups.push(() => {
    for (const name of ["marked", "found", "here"]) rubato.highlighting.hide(name);
  });
})();
