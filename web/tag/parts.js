// What the tag's parts share.

/** A random UUID, also where a page that is not secure has no randomUUID. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** @param {string} words @param {any} [more] */
export function warn(words, more = '') {
  console.warn('millraceTag: ' + words, more);
}

/**
 * The same, but it never throws into the page.
 * @template {any[]} A
 * @template R
 * @param {(...args: A) => R} work
 * @returns {(...args: A) => R | undefined}
 */
export function quietly(work) {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      warn('failed', error);
    }
    return undefined;
  };
}

/** @param {string} text @returns {any} */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string} text as UTF-8 */
export function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}
