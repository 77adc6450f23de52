// Waiting with a deadline: for a condition to hold, or for a promise to settle. Nothing in these
// suites waits for a time to pass in the hope that something has happened by then.

export const kPatienceMs = 20_000;
const kLookEveryMs = 15;

/**
 * Gives what `look` gives as soon as that is neither undefined, null nor false.
 * @template T
 * @param {string} what
 * @param {() => T | undefined | null | false | Promise<T | undefined | null | false>} look
 * @param {number} [patienceMs]
 * @returns {Promise<T>}
 */
export async function until(what, look, patienceMs = kPatienceMs) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, kLookEveryMs));
  }
}

/**
 * The promise's value, or an error once the patience is over.
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} [patienceMs]
 * @returns {Promise<T>}
 */
export async function within(what, promise, patienceMs = kPatienceMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const over = new Promise((_, reject) => {
    const complain = () => reject(new Error(`waited ${patienceMs} ms in vain for ${what}`));
    timer = setTimeout(complain, patienceMs);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([promise, over]));
  } finally {
    clearTimeout(timer);
  }
}
