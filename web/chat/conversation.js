// One conversation under one session: opened, joined, started, and held through every loss of the
// connection. What is pushed is shown at once; after every join, gap or doubt a snapshot puts the
// transcript right, and what the consumer said goes out again under the same id until it is safe.

import {Presence} from './presence.js';
import {Renewal} from './renewal.js';
import {
  addressOf,
  checkSession,
  endChat,
  isGone,
  openSession,
  saveKept,
  startChat,
} from './session.js';
import {ChatSocket, backOff} from './socket.js';
import {Telling} from './telling.js';
import {Transcript} from './transcript.js';

/**
 * @typedef {import('./session.js').Session} Session
 * @typedef {import('./session.js').Unsent} Unsent
 * @typedef {import('./transcript.js').Message} Message
 * @typedef {import('./contract.js').SnapshotResponse} Snapshot
 * @typedef {'connecting' | 'online' | 'reconnecting' | 'ended' | 'unavailable'} Status
 * @typedef {{
 *   status: Status, messages: Message[], unsent: Unsent[], typing: boolean, hasMore: boolean,
 *   notices: import('./items.js').Notice[], agent: import('./presence.js').Agent | null,
 * }} Model
 * @typedef {{
 *   appId: string, kept: import('./session.js').Kept | null, locale: string,
 *   profile: import('./session.js').Profile,
 *   changed: (model: Model) => void, gone: (unsaid: string[]) => void,
 * }} ConversationOptions `changed` shows the conversation; `gone` is told, with what could not be
 *   said, that the server no longer knows it.
 */

const kExpectAnswerMs = 8_000;

export class Conversation {
  #options;
  #transcript;
  /** @type {Session | null} */
  #session;
  /** @type {ChatSocket | null} */
  #socket = null;
  /** @type {Status} */
  #status = 'connecting';
  #ready = false;
  /** Whether this page has had the history: until then it does not know where it stands. */
  #informed = false;
  /** Where the part of the history begins that this page has; 0 when it has all. */
  #before = 0;
  /** Asked for an earlier page, and not answered yet. */
  #wantsEarlier = false;
  #sending = false;
  #closed = false;
  #failures = 0;
  #pings = 0;
  #presence = new Presence(() => this.#show());
  #telling = new Telling((event) => {
    return this.#socket && !this.#closed ? this.#socket.push('chat:event', event) : null;
  });
  /** @type {Renewal | null} */
  #renewal = null;

  /** @param {ConversationOptions} options */
  constructor(options) {
    this.#options = options;
    this.#session = options.kept?.session ?? null;
    this.#transcript = new Transcript(options.kept?.outbox);
  }

  begin() {
    this.#show();
    if (this.#session) this.#connect(this.#session);
    else this.#open();
  }

  /**
   * @param {string} text
   * @param {boolean} isSecret
   */
  say(text, isSecret) {
    this.#transcript.say(text, isSecret);
    this.#sayNow();
  }

  /** @param {string} id */
  sayAgain(id) {
    const unsent = this.#transcript.unsent(id);
    if (unsent) unsent.failed = false;
    this.#sayNow();
  }

  /**
   * Passes on what the page around tells.
   * @param {import('./events.js').PageEvent} event
   */
  tell(event) {
    this.#telling.add(event);
  }

  /** What nobody hears now is not told later. @param {boolean} isTyping */
  type(isTyping) {
    const {chat_id, id: from} = this.#session ?? {};
    const told = {chat_id, from, is_typing: isTyping, from_side: 'consumer'};
    if (this.#ready) this.#socket?.push('chat:type', told).catch(() => {});
  }

  /** Whose chat it is; null before there is one. */
  get session() {
    return this.#session;
  }

  get hasEnded() {
    return this.#status === 'ended';
  }

  /** Asks for what was said before. */
  more() {
    this.#wantsEarlier = this.#before > 0;
    if (this.#wantsEarlier) this.#ask(this.#before);
  }

  /** The network or the page has come back, or gone. */
  nudge() {
    this.#renewal?.look();
    this.#socket?.nudge();
  }

  /** Leaves the conversation for good; an open one is ended. */
  close() {
    this.#stop();
    if (this.#session && this.#status !== 'ended') endChat(this.#session);
  }

  #stop() {
    this.#closed = true;
    this.#presence.expect(0);
    this.#renewal?.stop();
    this.#socket?.close();
  }

  // ---- coming and going

  async #open() {
    const {appId, locale, profile} = this.#options;
    const {status, session} = await openSession(appId, locale, profile);
    if (this.#closed) return;
    if (session) {
      this.#failures = 0;
      this.#session = session;
      this.#save();
      this.#connect(session);
      return;
    }
    const isHopeless = status === 400 || status === 404;
    this.#status = isHopeless ? 'unavailable' : 'reconnecting';
    this.#show();
    if (!isHopeless) this.#later(() => this.#open());
  }

  /** @param {Session} session */
  #connect(session) {
    const address = addressOf('socket/websocket').replace(/^http/, 'ws');
    this.#renewal = new Renewal(session, () => this.#save());
    this.#socket = new ChatSocket({
      // The token is another one after a while.
      url: () => {
        const query = new URLSearchParams({token: session.access_token, vsn: '2.0.0'});
        return `${address}?${query}`;
      },
      topic: `chat:${session.chat_id}`,
      joinPayload: () => ({access_token: session.access_token}),
      joined: () => {
        this.#ask();
        this.#telling.goOn();
      },
      refused: (response) => {
        if (response.reason === 'unauthorized' || isGone(response.status)) this.#lose();
      },
      event: (name, payload) => this.#take(name, payload),
      down: (wasOpen) => this.#down(session, wasOpen),
      ping: () => ({
        event: 'new:ping',
        payload: {seq: ++this.#pings, user_id: session.id, access_token: session.access_token},
      }),
    });
  }

  /**
   * @param {Session} session
   * @param {boolean} wasOpen
   */
  async #down(session, wasOpen) {
    this.#ready = false;
    this.#status = 'reconnecting';
    this.#presence.expect(0);
    this.#show();
    // Never opened: the server may be away, or it may not know the session.
    if (!wasOpen && isGone(await checkSession(session))) this.#lose();
  }

  /** Asks for the history, or for what of it comes `before`; it comes as an event. */
  async #ask(before = 0) {
    if (!this.#session || !this.#socket) return;
    const {id, access_token} = this.#session;
    // Lost on the way: the next join asks again.
    const reply = await this.#socket
      .push('chat:snapshot', {from: id, access_token, ...(before > 0 && {before})})
      .catch(() => null);
    if (!reply || reply.status === 'ok') return;
    if (isGone(reply.response.status)) this.#lose();
    else this.#later(() => this.#ask());
  }

  async #start() {
    if (!this.#session) return;
    this.#presence.expect(kExpectAnswerMs);
    const status = await startChat(this.#session, this.#options.appId);
    if (isGone(status)) this.#lose();
    else if (status !== 202 && status !== 409) this.#later(() => this.#ask());
  }

  #lose() {
    if (this.#closed) return;
    this.#stop();
    this.#options.gone(this.#transcript.outbox.map((item) => item.msg));
  }

  /** @param {() => void} work */
  #later(work) {
    window.setTimeout(() => this.#closed || work(), backOff(this.#failures++));
  }

  // ---- what the server says

  /**
   * @param {string} name
   * @param {any} payload
   */
  #take(name, payload) {
    if (name === 'incoming:msg') this.#hear(payload);
    else if (name === 'chat:snapshot_response') this.#reconcile(payload);
    else if (name === 'chat:ready' && this.#informed) this.#goOn();
    else if (name === 'incoming:notice') {
      this.#presence.take(payload, this.#transcript.messages().at(-1)?.seq_num ?? 0);
      // The snapshot has the last words, whatever was lost on the way.
      if (payload.notice === 'ended') this.#ask();
    }
    this.#show();
  }

  /** @param {Message} message */
  #hear(message) {
    this.#transcript.add(message);
    if (message.from_side !== 'anonymous_consumer') this.#presence.expect(0);
    // While a message of ours is under way its number is a gap that its receipt will close.
    if (!this.#sending && this.#transcript.hasGap()) this.#ask();
  }

  /** @param {Snapshot} snapshot */
  #reconcile(snapshot) {
    if (this.#wantsEarlier && this.#transcript.addEarlier(snapshot.history)) {
      this.#wantsEarlier = false;
      this.#before = snapshot.before ?? 0;
      return;
    }
    if (!this.#informed) this.#before = snapshot.before ?? 0;
    this.#informed = true;
    this.#transcript.reconcile(snapshot);
    this.#presence.read(snapshot);
    this.#save();
    if (snapshot.status === 'new') this.#start();
    else if (snapshot.status === 'ended') this.#over();
    else this.#goOn();
  }

  #goOn() {
    if (this.#status === 'ended') return;
    this.#ready = true;
    this.#status = 'online';
    this.#flush();
  }

  #over() {
    this.#status = 'ended';
    this.#ready = false;
    this.#presence.expect(0);
    this.#transcript.giveUp();
    this.#save();
    this.#socket?.close();
    this.#renewal?.stop();
  }

  // ---- what the consumer says

  #sayNow() {
    this.#save();
    this.#presence.expect(kExpectAnswerMs);
    this.#show();
    this.#flush();
  }

  // One at a time and in order: the next goes out when the one before is safe.
  async #flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.#transcript.next(); next && this.#ready && !this.#closed;) {
        await this.#send(next);
        next = this.#transcript.next();
      }
    } catch {
      // The connection is lost; after the next join the snapshot says what is still to be sent.
    } finally {
      this.#sending = false;
    }
    if (this.#ready && this.#transcript.hasGap()) this.#ask();
  }

  /** @param {Unsent} unsent */
  async #send(unsent) {
    const session = this.#session;
    const socket = this.#socket;
    if (!session || !socket) return;
    const {status, response} = await socket.push('msg:send', {
      from: session.id,
      from_side: 'anonymous_consumer',
      user_id: session.id,
      msg: unsent.msg,
      msg_type: 'text',
      client_msg_id: unsent.client_msg_id,
      version: '1',
      gateway: 'pypestream_widget',
      access_token: session.access_token,
    });
    if (status === 'ok') {
      this.#failures = 0;
      this.#transcript.accept(unsent, response);
    } else if (isGone(response.status)) {
      this.#lose();
    } else if ([400, 413].includes(response.status)) {
      unsent.failed = true;
    } else {
      // Busy, or the chat is not as we thought: look again in a moment, and go on from there.
      this.#ready = false;
      this.#later(() => this.#ask());
    }
    this.#save();
    this.#show();
  }

  // ---- what is shown and kept

  #save() {
    if (this.#closed || !this.#session) return;
    saveKept(this.#options.appId, {session: this.#session, outbox: this.#transcript.outbox});
  }

  #show() {
    if (this.#closed) return;
    this.#options.changed({
      status: this.#status,
      messages: this.#transcript.messages(),
      unsent: this.#transcript.outbox,
      typing: this.#presence.isTyping && ['connecting', 'online'].includes(this.#status),
      hasMore: this.#before > 0,
      notices: this.#presence.notices,
      agent: this.#presence.agent,
    });
  }
}
