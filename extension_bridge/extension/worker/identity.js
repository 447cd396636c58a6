/** @type {Promise<{client: string, secret: string}> | null} */
let cached = null;

/**
 * This browser's identity for the app: an id and a secret, generated once and stored.
 * @returns {Promise<{client: string, secret: string}>}  `client` a UUID, `secret` 32 bytes in hex.
 */
export function identity() {
  cached ??= load();
  return cached;
}

async function load() {
  const { client, secret } = await chrome.storage.local.get(["client", "secret"]);
  if (typeof client === "string" && /^[0-9a-f]{64}$/.test(String(secret))) return { client, secret: String(secret) };
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = {
    client: crypto.randomUUID(),
    secret: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
  await chrome.storage.local.set(made);
  return made;
}

/** The browser's name and version, such as `Chromium 150`. @returns {string} */
export function browserName() {
  const brands = /** @type {any} */ (navigator).userAgentData?.brands ?? [];
  const named = brands.filter((/** @type {any} */ { brand }) => !/not.?a.?brand/i.test(brand.replace(/[^a-z]/gi, "")));
  const best = named.find((/** @type {any} */ { brand }) => brand !== "Chromium") ?? named[0];
  return best ? `${best.brand} ${best.version}` : "Chromium";
}
