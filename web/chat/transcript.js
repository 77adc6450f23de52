// What has been said in a conversation, by both sides, and what the consumer has said but the
// server has not acknowledged. The server's history is the truth; its numbers give the order.
// Plain data in, plain data out: no network and no page here.

/**
 * @typedef {import('./session.js').Unsent} Unsent
 * @typedef {import('./contract.js').Message} Whole as `incoming:msg` and a snapshot have it
 * @typedef {'id' | 'seq_num' | 'from_side' | 'msg' | 'ts' | 'app_object' | 'client_msg_id'} Kept
 * @typedef {Pick<Whole, Kept> & Partial<Whole>} Message one that was only acknowledged so far has
 *   no more than the page knew when it sent it
 */

export class Transcript {
  /** @type {Map<number, Message>} */
  #messages = new Map();

  /** @param {Unsent[]} outbox What a former visit left unacknowledged, oldest first. */
  constructor(outbox = []) {
    this.outbox = outbox;
  }

  /** In the order of the conversation. */
  messages() {
    return [...this.#messages.values()].sort((a, b) => a.seq_num - b.seq_num);
  }

  /**
   * @param {string} text
   * @param {boolean} isSecret not to be kept anywhere
   */
  say(text, isSecret) {
    this.outbox.push({client_msg_id: newId(), msg: text, ...(isSecret && {secret: true})});
  }

  /** What is to be sent next, once the one before is safe. */
  next() {
    return this.outbox.find((item) => !item.failed && !item.accepted);
  }

  /** @param {string} id */
  unsent(id) {
    return this.outbox.find((item) => item.client_msg_id === id);
  }

  /** @param {Message} message */
  add(message) {
    this.#messages.set(message.seq_num, message);
    this.#acknowledge(message.client_msg_id);
  }

  /**
   * The server has it for good. Without a number its place is not known yet: it is never sent
   * again, and the history will show it.
   * @param {Unsent} unsent
   * @param {Record<string, any>} receipt
   */
  accept(unsent, receipt) {
    unsent.accepted = true;
    if (!Number.isInteger(receipt.seq_num) || receipt.seq_num < 1) return;
    this.add({
      id: receipt.id,
      seq_num: receipt.seq_num,
      from_side: 'anonymous_consumer',
      msg: unsent.msg,
      ts: Date.now(),
      app_object: null,
      client_msg_id: unsent.client_msg_id,
    });
  }

  /** @param {{seq_num?: number, history: Message[]}} snapshot */
  reconcile(snapshot) {
    const known = new Map(snapshot.history.map((message) => [message.seq_num, message]));
    const first = Math.min(...known.keys());
    for (const [sequence, message] of this.#messages) {
      // What was pushed after the snapshot was taken stays, and so does what comes before its page.
      if (sequence > (snapshot.seq_num ?? 0) || sequence < first) known.set(sequence, message);
    }
    this.#messages = known;
    for (const message of snapshot.history) this.#acknowledge(message.client_msg_id);
  }

  /**
   * An earlier page of the history; false when it is none.
   * @param {Message[]} history
   */
  addEarlier(history) {
    const last = history.at(-1)?.seq_num ?? Infinity;
    if (last >= Math.min(...this.#messages.keys())) return false;
    for (const message of history) this.#messages.set(message.seq_num, message);
    return true;
  }

  /** Something between was not seen, or has no place yet: only a snapshot can tell. */
  hasGap() {
    const numbers = [...this.#messages.keys()];
    const first = numbers.reduce((a, b) => Math.min(a, b), Infinity);
    const last = numbers.reduce((a, b) => Math.max(a, b), 0);
    const holes = numbers.length > 0 && last - first + 1 !== numbers.length;
    return holes || this.outbox.some((item) => item.accepted);
  }

  /** Nobody will take what is still unsaid. */
  giveUp() {
    for (const item of this.outbox) item.failed = !item.accepted;
  }

  #acknowledge(/** @type {string | null} */ id) {
    const at = id ? this.outbox.findIndex((item) => item.client_msg_id === id) : -1;
    if (at >= 0) this.outbox.splice(at, 1);
  }
}

/** A random id; crypto.randomUUID is there on secure origins only, and a LAN address is none. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
