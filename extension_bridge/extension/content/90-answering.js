// The entry point: every request gets an answer, `{ok}` or `{error: {code, message}}`.
"use strict";
(() => {
  /** @type {Record<string, (args: any) => unknown>} */
  const HANDLERS = {
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
      const handler = Object.hasOwn(HANDLERS, String(message?.do)) && HANDLERS[message.do];
      if (!handler) throw new rubato.CommandError("bad_arguments", "Unknown page command.");
      const ok = (await handler(message.args ?? {})) ?? null;
      // A window without the focus gets no focus events.
      rubato.checkSecret();
      return { ok };
    } catch (error) {
      if (error instanceof rubato.CommandError) return { error: { code: error.code, message: error.message } };
      // eslint-disable-next-line no-console -- the console is the place for bugs
      console.error("Rubato:", error);
      return { error: { code: "bug", message: "Something went wrong in Rubato's extension; the page's console has the details." } };
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
    rubato.cleanups.push(() => {
      // After an update, the old extension's runtime is no longer available.
      if (chrome.runtime?.id) messages.removeListener(listener);
    });
  }
})();
