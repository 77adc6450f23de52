// Brings what is queued to the collector, oldest first, one batch at a time, and deletes it when
// the collector has said 200, which is when it is durable. Everything else is tried again: twice
// is better than never, because servers know a message by its id.

import {bytesOf, parsed, quietly, warn} from './parts.js';

/**
 * @typedef {ReturnType<typeof senderTo>} Sender
 * @typedef {{
 *   kept: import('./kept.js').Kept, queue: import('./queue.js').Queue,
 *   lock: import('./lock.js').Lock, waitKey: string, writeKey: string, answerMs: number,
 *   sent: (status: number, count: number) => void,
 * }} World
 */

const kBatchBytesMax = 50_000;
const kBatchCountMax = 100;
/** What a browser lets all requests together carry that outlive their page: 64 KiB, with room. */
const kOutliveBytesMax = 61_440;
const kEnvelopeBytes = 300;
const kGatherMs = 100;
const kBackOffMs = 1_000;
const kBackOffMaxMs = 60_000;
const kRetryAfterMaxMs = 600_000;

/**
 * @param {string} url
 * @param {World} world
 */
export function senderTo(url, {kept, queue, lock, waitKey, writeKey, answerMs, sent}) {
  /** Under way. @type {Set<string>} */
  const flying = new Set();
  let flyingBytes = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let dueAt = Infinity;
  let [isDraining, isAsked, hasWarned] = [false, false, false];

  const wait = () => parsed(kept.get(waitKey)) ?? {tries: 0};
  const pauseMs = () => {
    const rest = wait().until - Date.now();
    return rest > 0 && rest <= kRetryAfterMaxMs ? rest : 0; // longer: the clock was turned back
  };

  /** Sends before long. */
  const wake = (ms = kGatherMs) => {
    const at = Date.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => {
      dueAt = Infinity;
      drain();
    }, ms);
  };

  /** Whether something may go now. Otherwise nothing is written either, which would wake tabs. */
  const isReady = () => {
    if (kept.isHeld || !queue.list()[0]) return false;
    const ms = pauseMs();
    if (ms) wake(ms);
    return !ms;
  };

  const drain = async () => {
    isAsked = isDraining;
    if (isDraining || !isReady()) return;
    isDraining = true;
    try {
      let isDone = false;
      await lock.hold(async (keep) => {
        while (isReady()) {
          const batch = fill(kBatchBytesMax);
          if (!batch.keys[0]) break; // all are under way
          await send(batch);
          if (!keep()) return;
        }
        isDone = true;
      });
      if (!isDone) wake(kGatherMs * (2 + 3 * Math.random()));
    } catch (error) {
      warn('could not send', error);
    }
    isDraining = false;
    if (isAsked) wake();
  };

  /** @param {number} bytesMax @param {boolean} [isOwn] */
  const fill = (bytesMax, isOwn) => {
    /** @type {string[]} */
    const keys = [];
    /** @type {string[]} */
    const texts = [];
    let bytes = kEnvelopeBytes;
    for (const key of queue.list(isOwn)) {
      const text = kept.get(key);
      if (!text || flying.has(key)) continue;
      const more = bytesOf(text) + 1;
      if (bytes + more > bytesMax || keys.length === kBatchCountMax) break;
      keys.push(key);
      texts.push(text);
      bytes += more;
    }
    return {keys, texts, bytes};
  };

  /**
   * @param {ReturnType<typeof fill>} batch
   * @param {boolean} [isLast] whether the page may be over before there is an answer
   */
  const send = async ({keys, texts, bytes}, isLast) => {
    const dropped = queue.dropped();
    for (const key of keys) flying.add(key);
    flyingBytes += bytes;
    const answer = await ask(bodyOf(texts, dropped), isLast);
    for (const key of keys) flying.delete(key);
    flyingBytes -= bytes;
    const status = answer?.status ?? 0;
    const isTaken = status === 200;
    const isOver = isTaken || [400, 401, 413].includes(status);
    if (isTaken) queue.forgetDropped(dropped);
    if (isOver) {
      queue.remove(keys);
      kept.remove(waitKey);
    } else backOff(status, answer?.headers.get('Retry-After') ?? '');
    if (isOver > isTaken && !hasWarned) {
      hasWarned = true;
      warn('the collector refuses events, and they are lost: ' + status);
    }
    sent(status, keys.length);
  };

  /**
   * Nothing that a browser would ask leave for first: no header of ours, and a plain text.
   * @param {string} body
   * @param {boolean} [isLast]
   */
  const ask = async (body, isLast) => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: {'Content-Type': 'text/plain;charset=UTF-8'},
        credentials: 'omit',
        keepalive: true,
        signal: AbortSignal.timeout(answerMs),
      });
      // Until then it counts against what may outlive the page.
      await answer.text().catch(() => '');
      return answer;
    } catch {
      if (isLast) navigator.sendBeacon?.(url, body); // untold whether it arrives: they stay
      return null;
    }
  };

  /** @param {string[]} texts @param {[string, number][]} dropped */
  const bodyOf = (texts, dropped) => {
    const lost = dropped.reduce((sum, [, count]) => sum + count, 0);
    const head = JSON.stringify({
      writeKey,
      sentAt: new Date(),
      context: lost ? {dropped: lost} : undefined,
    });
    return head.slice(0, -1) + ',"batch":[' + texts + ']}';
  };

  /**
   * For all tabs.
   * @param {number} status 0: there was no answer
   * @param {string} retryAfter
   */
  const backOff = (status, retryAfter) => {
    const {tries} = wait();
    const asked = +retryAfter * 1_000 || Date.parse(retryAfter) - Date.now();
    const ms = asked > 0 ? asked : Math.min(kBackOffMs * 2 ** tries, kBackOffMaxMs);
    const waitMs = Math.min(ms * (1 + Math.random() / 4), kRetryAfterMaxMs);
    const until = Date.now() + waitMs;
    kept.set(waitKey, JSON.stringify({status, until, tries: Math.min(tries + 1, 9)}));
    wake(waitMs);
  };

  return {
    wake,

    /** The network is back: what failed for want of it is tried at once. */
    online() {
      if (!wait().status) kept.remove(waitKey);
      wake(0);
    },

    /** Nobody sees the page any more, and it may be over: what it has goes now, if it may. */
    hide: quietly(() => {
      const batch = fill(kOutliveBytesMax - flyingBytes, true);
      if (batch.keys[0] && !kept.isHeld && !pauseMs()) send(batch, true);
    }),
  };
}
