// The hostile side, as a process of its own: many kinds of attack from one address at once, each at a
// steady rate, `pace` times the usual, while the server takes it. Handed {port, ready, kinds, pace} by
// its parent; says when all is prepared and it begins, and when told to end what it did.

import {once} from 'node:events';
import {request as httpRequest} from 'node:http';
import {setPriority} from 'node:os';

import {Chance} from './chance.mjs';
import {Wire, frameOf, kHostile, newTally, request, upgradeOf} from './hostile-wire.mjs';

/**
 * @typedef {import('./engagement.mjs').Session} Session
 * @typedef {import('./hostile-wire.mjs').Tally} Tally
 * @typedef {{
 *   rate: number, wires: number, window: number, next: (wire: number) => Buffer,
 *   upgrade?: (wire: number) => string, isRead?: boolean, isHeld?: boolean,
 * }} Kind `rate` a second, of requests or, where connections are only held, of new connections;
 *   `window` is how many answers a connection may be behind; `wire` says which connection it is for
 */

const kTickMs = 5;
const kArrearsMax = 50;  // what a blocked kind may catch up with at once
const kUnreadEvents = [['1', '1', 'TOPIC', 'phx_join', {}], ['1', '2', 'TOPIC', 'chat:snapshot', {}],
  [null, '3', 'phoenix', 'heartbeat', {}]];
const kRest = '/webhooks/rest/webhook';
// It stands for another machine: it must not take the processor from the people who are measured.
const kNice = 10;

const chance = new Chance(1);
const {port, ready, kinds: wanted, pace} = (await once(process, 'message'))[0];
setPriority(kNice);
/** @type {Record<string, Tally>} */
const tallies = {};

/** @param {string} path @param {object} body @param {string | undefined} token @param {Tally} tally */
async function ask(path, body, token, tally) {
  const bytes = request(path, body, token);
  const [head, text] = bytes.toString().split('\r\n\r\n');
  const headers = Object.fromEntries(head.split('\r\n').slice(1).map((line) => line.split(': ')));
  const asked = httpRequest({host: '127.0.0.1', port, path, method: 'POST', headers, localAddress: kHostile, agent: false});
  asked.end(text);
  const [response] = await once(asked, 'response');
  let answer = '';
  for await (const part of response.setEncoding('utf8')) answer += part;
  tally.bytes += asked.socket?.bytesWritten ?? bytes.length;
  if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${answer}`);
  return answer === '' ? {} : JSON.parse(answer);
}

/** A message as long as may be, which no packing makes much shorter. */
function emoji() {
  return Array.from({length: 4096}, () => String.fromCodePoint(0x1f300 + chance.under(0x300))).join('');
}

function sessionBody() {
  return {app_id: ready.app_id, browser_language: 'en', referring_site: 'x', user_browser: 'y'};
}

/** A session whose chat has begun. @param {Tally} tally @returns {Promise<Session>} */
async function begun(tally) {
  const session = await ask('/messaging/v1/consumers/anonymous_session', sessionBody(), undefined, tally);
  await ask(`/messaging/v1/chats/${session.chat_id}/start`, {
    app_id: ready.app_id, stream_id: session.web_chat_stream_id, pype_id: session.web_chat_pype_id,
    user_id: session.id, consumer: `consumer_${session.id}`, version: '1', gateway: 'pypestream_widget',
  }, session.access_token, tally);
  return session;
}

/** @param {string} sender @param {string} message @param {string} [message_id] */
function say(sender, message, message_id) {
  return request(kRest, {sender, message, message_id});
}

/**
 * Each gives its kind of attack; what it needs before is counted as its own.
 * @type {Record<string, (tally: Tally) => Promise<Kind>>}
 */
const kKinds = {
  /** Messages of 16 KB by a few senders. */
  async emoji() {
    let i = 0;
    const messages = Array.from({length: 32}, (_, k) => say(`emoji-${k % 4}`, emoji()));
    return {rate: 80, wires: 4, window: 2, next: () => messages[i++ % messages.length]};
  },
  /** Short messages of somebody whose state is as full as it gets. */
  async short() {
    let i = 0;
    const long = say('full', emoji());
    return {rate: 600, wires: 1, window: 32, next: () => ++i <= 150 ? long : say('full', `s${i}`)};
  },
  /** Somebody new with each message; each chat waits with a reminder. */
  async newcomers() {
    let i = 0;
    return {rate: 600, wires: 4, window: 16, next: () => say(`new-${++i}`, 'x')};
  },
  async sessions() {
    const one = request('/messaging/v1/consumers/anonymous_session', sessionBody());
    return {rate: 600, wires: 4, window: 16, next: () => one};
  },
  /** The whole of a chat of 2,000 turns, asked for again and again, ahead of the answers. */
  async snapshots(tally) {
    const {access_token, chat_id} = await begun(tally);
    const path = `/messaging/v1/chats/${chat_id}`;
    const snapshot = request(`${path}/snapshot`, {}, access_token);
    const msg = 'x'.repeat(200);
    let i = 0;
    /** @type {Kind} */
    const kind = {rate: 500, wires: 20, window: 5, next: () => {
      if (++i <= 2_000) return request(`${path}/message`, {msg, client_msg_id: `m${i}`}, access_token);
      kind.rate = 50;
      return snapshot;
    }};
    return kind;
  },
  /** Ids of a long chat again, a quarter of them with other words. */
  async repeats() {
    let i = 0;
    return {rate: 400, wires: 2, window: 16, next: () => {
      const id = ++i <= 1_000 ? i : (i * 7919) % 1_000 + 1;
      return say('again', i > 1_000 && i % 4 === 0 ? 'other words' : `words ${id}`, `r${id}`);
    }};
  },
  /** Joins of one chat on one socket. */
  async joins(tally) {
    const session = await begun(tally);
    let i = 0;
    return {rate: 400, wires: 1, window: 64, upgrade: () => upgradeOf(session.access_token),
      next: () => frameOf([String(++i), String(i), `chat:${session.chat_id}`, 'phx_join', {}])};
  },
  /** Messages over a socket, the shortest that there are. */
  async frames(tally) {
    const session = await begun(tally);
    const topic = `chat:${session.chat_id}`;
    let i = 0;
    return {rate: 300, wires: 1, window: 64, upgrade: () => upgradeOf(session.access_token),
      next: () => frameOf(++i === 1 ? ['1', '1', topic, 'phx_join', {}] : ['1', '', topic, 'msg:send', {msg: 'x'}])};
  },
  /** Sockets that ask for much and read nothing: chats of long messages, whole, again and again. */
  async unread(tally) {
    /** @type {Session[]} */
    const sessions = [];
    for (let i = 0; i < 10; ++i) {
      const session = await begun(tally);
      const path = `/messaging/v1/chats/${session.chat_id}/message`;
      for (let k = 0; k < 8; ++k) await ask(path, {msg: emoji()}, session.access_token, tally);
      sessions.push(session);
    }
    let i = 0;
    const ownerOf = (/** @type {number} */ wire) => sessions[wire % sessions.length];
    return {rate: 200, wires: 50, window: 1, isRead: false, upgrade: (wire) => upgradeOf(ownerOf(wire).access_token),
      next: (wire) => {
        const topic = `chat:${ownerOf(wire).chat_id}`;
        const event = kUnreadEvents[Math.floor(i++ / 50) % kUnreadEvents.length];
        return frameOf(event.map((part) => part === 'TOPIC' ? topic : part));
      }};
  },
  async idle() {
    return {rate: 300, wires: 2_000, window: 1, isHeld: true, next: () => Buffer.alloc(0)};
  },
  /** Half a head, or half a body. */
  async halves() {
    const whole = say('half', 'x'.repeat(500));
    let i = 0;
    return {rate: 100, wires: 500, window: 1, isHeld: true,
      next: () => whole.subarray(0, ++i % 2 === 0 ? 60 : whole.length - 100)};
  },
};

/**
 * Keeps one kind going: gives what does a tick's share of it.
 * @param {Kind} kind
 * @param {Tally} tally
 */
function worker(kind, tally) {
  /** @type {Wire[]} */
  const wires = [];
  let [due, turn] = [0, 0];
  const opened = (/** @type {number} */ at) => {
    const wire = new Wire(port, tally, {upgrade: kind.upgrade?.(at), isRead: kind.isRead});
    if (kind.isHeld) wire.socket.once('connect', () => wire.send(kind.next(at)));
    return wire;
  };
  const open = () => {
    let at = wires.findIndex(({isClosed}) => isClosed);
    if (at < 0) at = wires.length;
    if (at < kind.wires) wires[at] = opened(at);
    return at < kind.wires;
  };
  const send = () => {
    for (let i = 0; i < wires.length; ++i) {
      const at = ++turn % wires.length;
      if (!wires[at].takes(kind.window)) continue;
      wires[at].send(kind.next(at));
      return true;
    }
    return false;
  };
  return (/** @type {number} */ seconds) => {
    due = Math.min(due + kind.rate * pace * seconds, kArrearsMax);
    if (!kind.isHeld) open();
    while (due >= 1 && (kind.isHeld ? open() : send())) --due;
  };
}

/** @type {((seconds: number) => void)[]} */
const works = [];
for (const name of wanted ?? Object.keys(kKinds)) {
  tallies[name] = newTally();
  works.push(worker(await kKinds[name](tallies[name]), tallies[name]));
}
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  for (const work of works) work((now - last) / 1000);
  last = now;
}, kTickMs);
process.send?.('begun');
process.on('disconnect', () => process.exit(1));
await once(process, 'message');
const {user, system} = process.cpuUsage();
process.send?.({tallies, cpuSeconds: (user + system) / 1e6}, () => process.exit(0));
