// The one way in: a message says what to do, and always gets an answer, `{ok}` or `{error: {code, message}}`.
"use strict";
(() => {
  /** @type {Record<string, (args: any) => unknown>} */
  const DOES = {
    scan: rubato.scan,
    names: rubato.names,
    at: rubato.at,
    scroll: rubato.scroll,
    cursor: rubato.setCursor,
    where: rubato.where,
    click: rubato.click,
    aim: rubato.aim,
    select: (args) => rubato.selecting.select(args),
    highlight: (args) => rubato.selecting.highlight(args),
    unhighlight: () => rubato.selecting.unhighlight(),
    read: rubato.reading.read,
    next: rubato.reading.next,
    items: rubato.reading.items,
    links: rubato.links,
    fields: rubato.fields,
    buttons: rubato.buttons,
    focus: rubato.focus,
    write: rubato.write,
    find: (args) => rubato.finding.find(args),
    find_go: (args) => rubato.finding.go(args),
    find_first: () => ({ index: rubato.finding.first() }),
    media: rubato.media.list,
    media_do: rubato.media.do,
    secret: rubato.secret,
    state: rubato.state,
  };

  rubato.answer = async (message) => {
    try {
      const does = Object.hasOwn(DOES, String(message?.do)) && DOES[message.do];
      if (!does) throw new rubato.Refusal("bad_arguments", "The page does not know this command.");
      const ok = (await does(message.args ?? {})) ?? null;
      // A window without the focus hears nothing of where the focus within it went.
      rubato.lookForSecret();
      return { ok };
    } catch (error) {
      if (error instanceof rubato.Refusal) return { error: { code: error.code, message: error.message } };
      // eslint-disable-next-line no-console -- a bug is told whole where the page's own are
      console.error("Rubato:", error);
      return { error: { code: "bug", message: String(/** @type {Error} */ (error)?.message ?? error).slice(0, 200) } };
    }
  };

  /** @type {(message: any, sender: chrome.runtime.MessageSender, respond: (answer: unknown) => void) => boolean | undefined} */
  const listener = (message, sender, respond) => {
    if (sender.id !== chrome.runtime.id || typeof message?.do !== "string") return undefined;
    rubato.answer(message).then(respond);
    return true;
  };
  const messages = globalThis.chrome?.runtime?.onMessage;
  if (messages) {
    messages.addListener(listener);
    rubato.endings.push(() => {
      // After an update the old extension's messages can no longer be reached.
      if (chrome.runtime?.id) messages.removeListener(listener);
    });
  }
})();
