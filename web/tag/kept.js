// What the browser keeps for the site, and what only this page remembers: because storage is
// blocked or full, or because the visitor has not been asked yet. Nobody else touches storage.

/** @typedef {ReturnType<typeof keptIn>} Kept */

/** @param {() => Storage} storage which may throw */
export function keptIn(storage) {
  /** @type {Map<string, string>} */
  const memory = new Map();
  /**
   * @template T
   * @param {(storage: Storage) => T} work
   */
  const attempt = (work) => {
    try {
      return work(storage());
    } catch {
      return null;
    }
  };
  const kept = {
    /** While this holds, nothing new is stored. */
    isHeld: false,

    /** Empty: nothing. @param {string} key */
    get: (key) => memory.get(key) ?? attempt((store) => store.getItem(key)) ?? '',

    /** @param {string} key @param {string} value */
    set(key, value) {
      memory.set(key, value);
      if (kept.isHeld) return;
      attempt((store) => {
        store.setItem(key, value);
        memory.delete(key);
      });
    },

    /** @param {string} key */
    remove(key) {
      memory.delete(key);
      attempt((store) => store.removeItem(key));
    },

    /** In no order. @param {string} prefix */
    keys: (prefix) =>
      [...new Set([...memory.keys(), ...(attempt(Object.keys) ?? [])])].filter((key) =>
        key.startsWith(prefix),
      ),

    /** From now on things may be stored, and what was only remembered is. */
    release() {
      kept.isHeld = false;
      for (const [key, value] of [...memory]) kept.set(key, value);
    },
  };
  return kept;
}
