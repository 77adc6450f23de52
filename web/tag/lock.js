// One tab at a time, by a note in storage that is over after a while: a tab that was killed holds
// nobody up for long. It can fail in a race; then something is sent twice, which servers forgive.
// (The browser's own locks would not: pages that are not secure have none.)

/** @typedef {ReturnType<typeof lockIn>} Lock */

const kSettleMs = 30;

/**
 * @param {import('./kept.js').Kept} kept
 * @param {string} key
 * @param {string} owner
 * @param {number} lifeMs
 */
export function lockIn(kept, key, owner, lifeMs) {
  const holder = () => {
    const [who, until] = kept.get(key).split(' ');
    const rest = +until - Date.now();
    return rest > 0 && rest <= lifeMs && who;
  };
  const write = () => kept.set(key, owner + ' ' + (Date.now() + lifeMs));
  /** Whether it still is this one's. */
  const keep = () => {
    if (holder() !== owner) return false;
    write();
    return true;
  };
  const lock = {
    /**
     * Nothing is done while another has it.
     * @param {(keep: () => boolean) => Promise<void>} task which asks now and then if it may go on
     */
    async hold(task) {
      if (holder()) return;
      write();
      // Who wrote last has it.
      await new Promise((resolve) => setTimeout(resolve, kSettleMs * (1 + Math.random())));
      if (!keep()) return;
      await task(keep);
      lock.release();
    },

    release() {
      if (holder() === owner) kept.remove(key);
    },
  };
  return lock;
}
