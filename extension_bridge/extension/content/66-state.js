// The state of the page, cheap enough to be sent with every answer.
"use strict";
(() => {
  const { dom } = rubato;

  /** @param {string} text @returns {string} The 32-bit FNV-1a hash of its code units, 8 hex digits. */
  function fnv1a(text) {
    let hash = 0x811c9dc5;
    for (let n = 0; n < text.length; n++) {
      hash ^= text.charCodeAt(n);
      hash = Math.imul(hash, 0x01000193);
    }
    return (hash >>> 0).toString(16).padStart(8, "0");
  }

  rubato.fnv1a = fnv1a;
  rubato.state = () => {
    const page = rubato.scrolling.position();
    const title = rubato.labels.clean(dom.title());
    const url = location.href.slice(0, 4000);
    return {
      url,
      title,
      scroll: { x: page.x, y: page.y },
      viewport: { width: innerWidth, height: innerHeight },
      digest: fnv1a([url.replace(/#.*$/, ""), title, dom.all().length, page.width, page.height].join("\n")),
    };
  };
})();
