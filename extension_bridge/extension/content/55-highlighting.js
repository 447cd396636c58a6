// What is marked on the page, drawn by the browser itself (CSS Custom Highlight): nothing is put into the document. The
// colours are in highlight.css.
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
  rubato.endings.push(() => {
    for (const name of ["marked", "found", "here"]) rubato.highlighting.hide(name);
  });
})();
