// The messages that no server has confirmed: each under a key of its own, so that tabs that write
// and delete at once never undo each other's work. It is bounded; what has to go is counted.

/** @typedef {ReturnType<typeof queueIn>} Queue */

const kDigits = 7;

/**
 * @param {import('./kept.js').Kept} kept
 * @param {string} prefix of the keys
 * @param {string} pageId those of later pages come later
 * @param {number} countMax
 * @param {number} sizeMax in characters
 */
export function queueIn(kept, prefix, pageId, countMax, sizeMax) {
  const messages = prefix + 'e:';
  const drops = prefix + 'd:';
  const own = messages + pageId;
  // How full it is, as far as this page knows: other tabs write, too.
  let [next, full, size] = [0, 0, 0];
  /** Those that would go first. @type {string[]} */
  let oldest = [];

  const list = (start = messages) => kept.keys(start).sort();
  /** @param {string} key */
  const take = (key) => {
    const {length} = kept.get(key);
    if (!length) return;
    kept.remove(key);
    full -= 1;
    size -= length;
  };
  const isOver = () => full > countMax || size > sizeMax;
  const measure = () => {
    oldest = list();
    full = oldest.length;
    size = oldest.reduce((sum, key) => sum + kept.get(key).length, 0);
  };
  measure();

  const queue = {
    /** @param {string} text */
    add(text) {
      if (isOver()) measure();
      const key = own + '.' + (next++).toString(36).padStart(kDigits, '0');
      kept.set(key, text);
      full += 1;
      size += text.length;
      if (isOver() && !oldest[0]) measure();
      while (isOver() && oldest[0] && oldest[0] !== key) {
        const before = full;
        take(/** @type {string} */ (oldest.shift()));
        queue.drop(before - full);
      }
    },

    /** Oldest first; with `true`, only this page's. @param {boolean} [isOwn] */
    list: (isOwn) => list(isOwn ? own : messages),

    /** @param {string[]} keys */
    remove(keys) {
      keys.forEach(take);
    },

    /** So many were lost. @param {number} count */
    drop(count) {
      const key = drops + pageId;
      if (count) kept.set(key, '' + (+kept.get(key) + count));
    },

    /** How many each page has lost, by the key that holds it. @returns {[string, number][]} */
    dropped: () => kept.keys(drops).map((key) => [key, +kept.get(key)]),

    /** A server knows of them. @param {[string, number][]} told */
    forgetDropped(told) {
      for (const [key, count] of told) {
        const rest = +kept.get(key) - count;
        if (rest > 0) kept.set(key, '' + rest);
        else kept.remove(key);
      }
    },
  };
  return queue;
}
