// Sound and film on the page: what there is, and making it play, pause, skip.
"use strict";
(() => {
  const { dom, refs, Refusal } = rubato;
  const MOST = 100;
  const SOUNDING = ["play", "pause", "ended"];
  const heard = new WeakSet();

  /** @returns {Promise<HTMLMediaElement[]>} all that the document holds, in shadow roots too */
  async function all() {
    const root = dom.root();
    const found = root ? [...dom.queryAll(root, "audio,video")] : [];
    for (const shadow of await rubato.shadowRoots(new rubato.Slices(2000))) {
      rubato.hearMedia(shadow);
      found.push(...shadow.querySelectorAll("audio,video"));
    }
    return /** @type {HTMLMediaElement[]} */ (found.slice(0, MOST));
  }

  /** @param {HTMLMediaElement} media what it is called: by the page, by its heading, or by its file */
  function title(media) {
    const session = globalThis.navigator?.mediaSession?.metadata?.title;
    const own = rubato.labels.clean(dom.attribute(media, "title") || dom.attribute(media, "aria-label") || session || "");
    if (own) return own;
    const caption = media.closest?.("figure")?.querySelector("figcaption");
    if (caption) return rubato.labels.words(caption).text;
    return (
      rubato.labels.clean(dom.title()) || rubato.labels.clean(media.currentSrc.replace(/[?#].*$/, "").replace(/^.*\//, ""))
    );
  }

  /** @param {number} seconds of a stream without an end: null, as JSON has no infinity */
  const finite = (seconds) => (Number.isFinite(seconds) ? Math.round(seconds * 1000) / 1000 : null);

  /** @param {HTMLMediaElement} media @returns {MediaState} */
  const state = (media) => ({
    ref: refs.of(media),
    title: title(media),
    kind: media instanceof HTMLVideoElement ? "video" : "audio",
    duration: finite(media.duration),
    position: finite(media.currentTime) ?? 0,
    playing: !media.paused && !media.ended,
    muted: media.muted,
    volume: Math.round(media.volume * 1000) / 1000,
    speed: media.playbackRate,
  });

  /** @param {HTMLMediaElement} media @param {number} seconds goes there, as far as there is something */
  async function seek(media, seconds) {
    const end = Number.isFinite(media.duration)
      ? media.duration
      : media.seekable.length
        ? media.seekable.end(media.seekable.length - 1)
        : seconds;
    const target = Math.min(Math.max(0, seconds), end);
    if (Math.abs(media.currentTime - target) < 0.001) return;
    const there = new Promise((resolve) => {
      EventTarget.prototype.addEventListener.call(media, "seeked", resolve, { once: true });
      setTimeout(resolve, 1500);
    });
    media.currentTime = target;
    await there;
  }

  /** @param {HTMLMediaElement} media */
  async function play(media) {
    try {
      await Promise.race([
        HTMLMediaElement.prototype.play.call(media),
        // What loads slowly is answered as it is; it will play when it can.
        new Promise((resolve) => setTimeout(resolve, 2000)),
      ]);
    } catch (error) {
      const name = /** @type {DOMException} */ (error).name;
      if (name === "NotAllowedError")
        {throw new Refusal(
          "needs_click",
          "The browser lets a page begin to sound only after a real click or key in it: click the page once, or mute it first.",
        );}
      if (name !== "AbortError")
        {throw new Refusal("failed", "The page cannot play this: its source is missing or of an unknown kind.");}
    }
  }

  /** @param {unknown} value @param {number} low @param {number} high @returns {number} */
  function number(value, low, high) {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new Refusal("bad_arguments", "A number is missing.");
    return Math.min(Math.max(low, value), high);
  }

  rubato.media = {
    title,

    async list() {
      return (await all()).map(state);
    },

    async do({ ref, action, value }) {
      const media = refs.need(ref);
      if (!(media instanceof HTMLMediaElement)) throw new Refusal("bad_arguments", "This neither sounds nor moves.");
      switch (action) {
        case "play":
          await play(media);
          break;
        case "pause":
          HTMLMediaElement.prototype.pause.call(media);
          break;
        case "mute":
        case "unmute":
          media.muted = action === "mute";
          break;
        case "skip":
          await seek(media, media.currentTime + number(value, -1e7, 1e7));
          break;
        case "seek":
          await seek(media, number(value, 0, 1e7));
          break;
        case "speed":
          media.playbackRate = number(value, 0.1, 4);
          break;
        case "volume":
          media.volume = number(value, 0, 1);
          break;
        default:
          throw new Refusal("bad_arguments", `Media cannot ${rubato.labels.clean(action, 40)}.`);
      }
      return state(media);
    },
  };

  /** @param {Event} event */
  function told(event) {
    const media = event.target;
    if (!(media instanceof HTMLMediaElement)) return;
    rubato.tell({
      event: "sounding",
      ref: refs.of(media),
      title: title(media),
      playing: event.type === "play",
      muted: media.muted,
    });
  }

  for (const type of SOUNDING) rubato.listen(document, type, told, { capture: true, passive: true });

  /** What plays in a shadow root is only heard in it. The listeners go with the root; nothing else keeps hold of it. */
  rubato.hearMedia = (root) => {
    if (heard.has(root)) return;
    heard.add(root);
    for (const type of SOUNDING)
      {EventTarget.prototype.addEventListener.call(root, type, told, { capture: true, passive: true });}
  };
})();
