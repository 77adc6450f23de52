// A small client for one topic of a Phoenix socket, serializer V2: it connects, joins, pushes, and
// comes back after every loss with back-off and jitter. What is to be said again after a loss is
// its owner's business: a push that was not answered fails.

/**
 * @typedef {{status: string, response: Record<string, any>}} Reply
 * @typedef {{
 *   url: () => string, topic: string, joinPayload: () => object,
 *   joined: () => void,
 *   refused: (response: Record<string, any>) => void,
 *   event: (name: string, payload: any) => void,
 *   down: (wasOpen: boolean) => void,
 *   ping: () => {event: string, payload: object},
 * }} SocketOptions
 * @typedef {{
 *   resolve: (reply: Reply) => void, reject: (error: Error) => void, timer: number,
 * }} Pending
 */

const kPingEveryMs = 20_000;
const kAnswerTimeoutMs = 10_000;
const kNudgeTimeoutMs = 3_000;
const kBackoffFirstMs = 400;
const kBackoffMaxMs = 15_000;

/**
 * How long to wait before the next try: longer each time, and never the same for everyone.
 * @param {number} failures
 */
export function backOff(failures) {
  const longest = Math.min(kBackoffMaxMs, kBackoffFirstMs * 2 ** failures);
  return longest * (0.5 + Math.random() / 2);
}

export class ChatSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, Pending>} */
  #awaited = new Map();
  #options;
  #lastRef = 0;
  /** @type {string | null} */
  #joinRef = null;
  #attempt = 0;
  #closed = false;
  /** @type {number | undefined} */
  #reconnectTimer;
  /** @type {number | undefined} */
  #pingTimer;

  /** @param {SocketOptions} options */
  constructor(options) {
    this.#options = options;
    this.#connect();
  }

  /**
   * Sends an event on the topic and gives the server's answer. Fails when the connection is lost
   * before the answer, or when none comes in time, which counts as a loss.
   * @param {string} event
   * @param {object} payload
   * @param {number} [timeoutMs]
   * @returns {Promise<Reply>}
   */
  push(event, payload, timeoutMs = kAnswerTimeoutMs) {
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error('not connected'));
    }
    const ref = String(++this.#lastRef);
    if (event === 'phx_join') this.#joinRef = ref;
    socket.send(JSON.stringify([this.#joinRef, ref, this.#options.topic, event, payload]));
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => this.#lose(socket), timeoutMs);
      this.#awaited.set(ref, {resolve, reject, timer});
    });
  }

  /** A hint that the network has changed: tries at once, or asks if the other side is there. */
  nudge() {
    if (this.#closed) return;
    if (this.#socket) {
      this.#ping(kNudgeTimeoutMs);
    } else {
      this.#attempt = 0;
      this.#connect();
    }
  }

  /** Ends it for good; nothing is called any more. */
  close() {
    this.#closed = true;
    window.clearTimeout(this.#reconnectTimer);
    const socket = this.#socket;
    this.#forget();
    socket?.close(1000);
  }

  #connect() {
    window.clearTimeout(this.#reconnectTimer);
    const socket = new WebSocket(this.#options.url());
    this.#socket = socket;
    const isCurrent = () => this.#socket === socket;
    let wasOpen = false;
    // A handshake that hangs is a loss too.
    const timer = window.setTimeout(() => !wasOpen && this.#lose(socket), kAnswerTimeoutMs);
    socket.onopen = () => {
      wasOpen = true;
      if (isCurrent()) this.#join(socket);
    };
    socket.onmessage = (message) => isCurrent() && this.#received(socket, message.data);
    socket.onclose = () => {
      window.clearTimeout(timer);
      if (isCurrent()) this.#lost(wasOpen);
    };
  }

  /** @param {WebSocket} socket */
  async #join(socket) {
    const reply = await this.push('phx_join', this.#options.joinPayload()).catch(() => null);
    if (!reply || this.#socket !== socket) return;
    if (reply.status !== 'ok') {
      this.#options.refused(reply.response);
      this.#lose(socket);
      return;
    }
    this.#attempt = 0;
    this.#pingTimer = window.setInterval(() => this.#ping(), kPingEveryMs);
    this.#options.joined();
  }

  #ping(timeoutMs = kAnswerTimeoutMs) {
    const {event, payload} = this.#options.ping();
    this.push(event, payload, timeoutMs).catch(() => {});
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  #received(socket, text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (!Array.isArray(frame) || frame.length !== 5) return;
    const [joinRef, ref, topic, event, payload] = frame;
    if (topic !== this.#options.topic) return;
    if (event === 'phx_reply') {
      this.#answered(ref, payload);
    } else if (joinRef !== null && joinRef !== this.#joinRef) {
      // Of a join that is over.
    } else if (event === 'phx_error' || event === 'phx_close') {
      this.#lose(socket);
    } else {
      this.#options.event(event, payload);
    }
  }

  /**
   * @param {string} ref
   * @param {Reply} reply
   */
  #answered(ref, reply) {
    const awaited = this.#awaited.get(ref);
    if (!awaited) return;
    this.#awaited.delete(ref);
    window.clearTimeout(awaited.timer);
    awaited.resolve({status: reply.status, response: reply.response ?? {}});
  }

  /**
   * Gives the connection up without waiting for its closing handshake, which may never come.
   * @param {WebSocket} socket
   */
  #lose(socket) {
    if (this.#socket !== socket) return;
    const wasOpen = socket.readyState === WebSocket.OPEN;
    this.#lost(wasOpen);
    socket.close();
  }

  /** @param {boolean} wasOpen */
  #lost(wasOpen) {
    this.#forget();
    if (this.#closed) return;
    this.#reconnectTimer = window.setTimeout(() => this.#connect(), backOff(this.#attempt++));
    this.#options.down(wasOpen);
  }

  #forget() {
    this.#socket = null;
    window.clearInterval(this.#pingTimer);
    for (const {reject, timer} of this.#awaited.values()) {
      window.clearTimeout(timer);
      reject(new Error('connection lost'));
    }
    this.#awaited.clear();
  }
}
