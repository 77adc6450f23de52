// One connection of a consumer's to their chat, by bare Phoenix V2 frames, with all that is known
// of the chat: the history read at the join, and what was pushed since.

import {once} from 'node:events';
import WebSocket from 'ws';

import {Broken} from './site.mjs';

/** @typedef {import('./engagement.mjs').Message} Message */

const kAnswerMs = 10_000;

export class Line {
  /** @type {Map<number, Message>} */
  messages = new Map();
  isBroken = false;
  #lastRef = 0;
  /** @type {Map<string, {resolve: (reply: any) => void, reject: (error: Error) => void}>} */
  #awaited = new Map();

  /**
   * @param {WebSocket} socket
   * @param {import('./engagement.mjs').Session} session
   */
  constructor(socket, session) {
    this.socket = socket;
    this.session = session;
    socket.on('message', (data) => this.#received(String(data)));
    socket.on('close', () => this.close());
  }

  /**
   * Connects, joins, and reads the history.
   * @param {import('./server.mjs').Ready} ready
   * @param {import('./engagement.mjs').Session} session
   */
  static async open(ready, session) {
    const url = `${ready.base_url.replace('http', 'ws')}/socket/websocket?vsn=2.0.0` +
      `&token=${encodeURIComponent(session.access_token)}`;
    const socket = new WebSocket(url);
    try {
      await once(socket, 'open');
    } catch (error) {
      throw new Broken(String(error));
    }
    const line = new Line(socket, session);
    await line.push('phx_join', {access_token: session.access_token});
    await line.push('chat:snapshot', {from: session.id, access_token: session.access_token});
    return line;
  }

  /**
   * The reply's response; Broken when the connection ends before it.
   * @param {string} event
   * @param {object} payload
   * @returns {Promise<any>}
   */
  async push(event, payload) {
    if (this.isBroken) throw new Broken('closed');
    const ref = String(++this.#lastRef);
    this.socket.send(JSON.stringify(['1', ref, `chat:${this.session.chat_id}`, event, payload]));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const reply = await new Promise((resolve, reject) => {
      this.#awaited.set(ref, {resolve, reject});
      timer = setTimeout(() => reject(new Error(`no reply to ${event}`)), kAnswerMs);
    }).finally(() => clearTimeout(timer));
    if (reply.status === 'ok') return reply.response;
    if (reply.response.status === 503) throw new Broken('503');
    throw new Error(`${event} was refused: ${JSON.stringify(reply.response)}`);
  }

  close() {
    this.isBroken = true;
    this.socket.terminate();
    for (const {reject} of this.#awaited.values()) reject(new Broken('closed'));
    this.#awaited.clear();
  }

  /** @param {string} text */
  #received(text) {
    const [, ref, , event, payload] = JSON.parse(text);
    if (event === 'phx_reply') {
      this.#awaited.get(ref)?.resolve(payload);
      this.#awaited.delete(ref);
    } else if (event === 'incoming:msg') {
      this.messages.set(payload.seq_num, payload);
    } else if (event === 'chat:snapshot_response') {
      for (const message of payload.history) this.messages.set(message.seq_num, message);
    } else if (event === 'phx_error') {
      this.close();
    }
  }
}
