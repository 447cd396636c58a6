// Audio and video on the page: lists them and controls playback.
"use strict";
(() => {
  const { dom, refs, CommandError } = rubato;
  const MAX_MEDIA = 100;
  const EVENTS = ["play", "pause", "ended"];
  const watched = new WeakSet();

  /** @returns {Promise<HTMLMediaElement[]>} All media elements, also in shadow roots. */
  async function all() {
    const root = dom.root();
    const found = root ? [...dom.queryAll(root, "audio,video")] : [];
    for (const shadow of await rubato.shadowRoots(new rubato.Slices(2000))) {
      rubato.watchMedia(shadow);
      found.push(...shadow.querySelectorAll("audio,video"));
    }
    return /** @type {HTMLMediaElement[]} */ (found.slice(0, MAX_MEDIA));
  }

  /** @param {HTMLMediaElement} media @returns {string} Its title, from the page, its caption or its file name. */
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

  /** @param {number} seconds @returns {number | null} Null for the infinite duration of a stream, which JSON cannot represent. */
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

  /** @param {HTMLMediaElement} media @param {number} seconds  Limited to the media's duration. */
  async function seek(media, seconds) {
    const end = Number.isFinite(media.duration)
      ? media.duration
      : media.seekable.length
        ? media.seekable.end(media.seekable.length - 1)
        : seconds;
    const target = Math.min(Math.max(0, seconds), end);
    if (Math.abs(media.currentTime - target) < 0.001) return;
    const done = new Promise((resolve) => {
      EventTarget.prototype.addEventListener.call(media, "seeked", resolve, { once: true });
      setTimeout(resolve, 1500);
    });
    media.currentTime = target;
    await done;
  }

  /** @param {HTMLMediaElement} media */
  async function play(media) {
    try {
      await Promise.race([
        HTMLMediaElement.prototype.play.call(media),
        // Do not wait for slow media; it will play when it can.
        new Promise((resolve) => setTimeout(resolve, 2000)),
      ]);
    } catch (error) {
      const name = /** @type {DOMException} */ (error).name;
      if (name === "NotAllowedError")
        {throw new CommandError(
          "needs_click",
          "The browser lets a page play sound only after a real click or key press on it: click the page once, or mute it first.",
        );}
      if (name !== "AbortError")
        {throw new CommandError("failed", "The page cannot play this: its source is missing or has an unknown format.");}
    }
  }

  /** @param {unknown} value @param {number} low @param {number} high @returns {number} */
  function number(value, low, high) {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new CommandError("bad_arguments", "A number is missing.");
    return Math.min(Math.max(low, value), high);
  }

  rubato.media = {
    title,

    async list() {
      return (await all()).map(state);
    },

    async do({ ref, action, value }) {
      const media = refs.need(ref);
      if (!(media instanceof HTMLMediaElement)) throw new CommandError("bad_arguments", "This is not audio or video.");
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
          throw new CommandError("bad_arguments", `Unknown media action "${rubato.labels.clean(action, 40)}".`);
      }
      return state(media);
    },
  };

  /** @param {Event} event */
  function onMediaEvent(event) {
    const media = event.target;
    if (!(media instanceof HTMLMediaElement)) return;
    rubato.notify({
      event: "sounding",
      ref: refs.of(media),
      title: title(media),
      playing: event.type === "play",
      muted: media.muted,
    });
  }

  for (const type of EVENTS) rubato.listen(document, type, onMediaEvent, { capture: true, passive: true });

  /** Media events do not leave shadow roots. The listeners live as long as the root and keep nothing else alive. */
  rubato.watchMedia = (root) => {
    if (watched.has(root)) return;
    watched.add(root);
    for (const type of EVENTS)
      {EventTarget.prototype.addEventListener.call(root, type, onMediaEvent, { capture: true, passive: true });}
  };
})();
