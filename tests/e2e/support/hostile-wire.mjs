// Raw connections of the hostile address. They count the bytes that are handed to the kernel and the
// answers that come back, and allocate next to nothing for either.

import {connect} from 'node:net';

/**
 * @typedef {{
 *   sent: number, bytes: number, opened: number, cut: number, answers: Record<string, number>,
 * }} Tally what one kind of attack has done: requests or frames, bytes written, connections
 */

export const kHostile = '127.0.0.9';
const kAnswer = Buffer.from('HTTP/1.1 ');
const kReply = Buffer.from('"phx_reply"');
const kStatusLength = 3;
const kUnsentMax = 64 * 1024;

/** @returns {Tally} */
export function newTally() {
  return {sent: 0, bytes: 0, opened: 0, cut: 0, answers: {}};
}

export class Wire {
  /** Requests or frames without an answer. */
  waiting = 0;
  isOpen = false;
  isClosed = false;
  #tail = Buffer.alloc(0);
  #isUpgraded = false;

  /**
   * @param {number} port
   * @param {Tally} tally
   * @param {{upgrade?: string, isRead?: boolean}} [options] `upgrade` is the head that makes it a
   *   WebSocket; without `isRead` nothing is read, after the answer to that head.
   */
  constructor(port, tally, {upgrade, isRead = true} = {}) {
    this.tally = tally;
    this.isRead = isRead;
    this.socket = connect({port, host: '127.0.0.1', localAddress: kHostile});
    this.socket.on('connect', () => {
      ++tally.opened;
      if (upgrade) this.#write(Buffer.from(upgrade));
      else this.isOpen = true;
    });
    this.socket.on('data', (part) => this.#received(part, upgrade !== undefined));
    this.socket.on('end', () => this.socket.destroy());
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      if (this.isOpen) ++tally.cut;
      this.isOpen = false;
      this.isClosed = true;
    });
  }

  /** Whether the kernel takes more and less than `window` answers are outstanding. @param {number} window */
  takes(window) {
    return this.isOpen && this.waiting < window && this.socket.writableLength < kUnsentMax;
  }

  /** @param {Buffer} bytes one request or frame, or a part of one */
  send(bytes) {
    ++this.tally.sent;
    if (this.isRead) ++this.waiting;
    this.#write(bytes);
  }

  /** @param {Buffer} bytes */
  #write(bytes) {
    this.tally.bytes += bytes.length;
    this.socket.write(bytes);
  }

  /** @param {Buffer} part @param {boolean} isSocket */
  #received(part, isSocket) {
    const all = this.#tail.length === 0 ? part : Buffer.concat([this.#tail, part]);
    const mark = this.#isUpgraded ? kReply : kAnswer;
    const length = mark.length + (this.#isUpgraded ? 0 : kStatusLength);
    let seen = 0;
    for (let at = all.indexOf(mark); at >= 0 && at + length <= all.length; at = all.indexOf(mark, seen)) {
      seen = at + length;
      this.#answered(this.#isUpgraded ? 'reply' : all.toString('latin1', at + mark.length, seen));
    }
    this.#tail = Buffer.from(all.subarray(Math.max(seen, all.length - length + 1)));
    if (isSocket && seen > 0 && !this.isOpen) {
      this.#isUpgraded = this.isOpen = true;
      if (!this.isRead) this.socket.pause();
    }
  }

  /** @param {string} what */
  #answered(what) {
    this.waiting = Math.max(0, this.waiting - 1);
    this.tally.answers[what] = (this.tally.answers[what] ?? 0) + 1;
  }
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} [token]
 */
export function request(path, body, token) {
  const text = JSON.stringify(body);
  return Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
    `${token ? `Authorization: Bearer ${token}\r\n` : ''}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

/** @param {string} token */
export function upgradeOf(token) {
  return `GET /socket/websocket?vsn=2.0.0&token=${token} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n` +
    'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
}

/** A masked text frame; the mask is nought. @param {unknown} value less than 64 KB of JSON */
export function frameOf(value) {
  const text = Buffer.from(JSON.stringify(value));
  const head = text.length < 126 ? Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0])
    : Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, text]);
}
