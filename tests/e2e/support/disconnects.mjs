// Chats whose connections are cut, again and again, while things are said in them: each is held
// by a real npm phoenix client that joins again with the number of the last message it has. What
// it hears is held against the server's history at the end.

import {Socket} from 'phoenix';
import WebSocket from 'ws';

import {Chance} from './chance.mjs';
import {begin, say} from './echo.mjs';
import {call} from './engagement.mjs';
import {until} from './until.mjs';

const kPatienceMs = 60_000;
const kRefusalsMax = 20;

class Talk {
  last = 0;
  cuts = 0;
  doubled = 0;
  disordered = 0;
  refused = 0;
  /** @type {Set<number>} */
  heard = new Set();
  joins = 0;
  #words = 0;

  /**
   * @param {import('./server.mjs').Ready} ready
   * @param {import('./engagement.mjs').Session} session
   */
  constructor(ready, session) {
    this.ready = ready;
    this.session = session;
    this.socket = new Socket(ready.base_url.replace('http', 'ws') + '/socket', {
      transport: /** @type {any} */ (WebSocket),
      params: {token: session.access_token},
      reconnectAfterMs: () => 1,
      rejoinAfterMs: () => 1,
    });
    this.channel = this.socket.channel(`chat:${session.chat_id}`, () => ({
      access_token: session.access_token,
      seq_num: this.last,
    }));
    this.channel.on('incoming:msg', ({seq_num: number}) => {
      if (this.heard.has(number)) ++this.doubled;
      else if (number < this.last) ++this.disordered;
      this.heard.add(number);
      this.last = Math.max(this.last, number);
    });
    this.channel.onError(() => {});
    this.channel.join().receive('ok', () => ++this.joins);
    this.socket.connect();
  }

  /** The connection goes without a word, as in a tunnel. */
  cut() {
    const {conn} = /** @type {any} */ (this.socket);
    if (!conn || this.channel.state !== 'joined') return false;
    conn.terminate();
    ++this.cuts;
    return true;
  }

  async say() {
    const text = `w${++this.#words}`;
    for (let refusals = 0; ; ++refusals) {
      const answer = await say(this.ready, this.session, text, text);
      if (answer.status === 204) return;
      // Too much at once: the server says when to come again.
      const seconds = Number(answer.headers.get('retry-after'));
      if (answer.status !== 503 || !seconds || refusals === kRefusalsMax) {
        throw new Error(`said ${text}: ${answer.status}`);
      }
      ++this.refused;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }

  /** All that was ever said in the chat, from the server. */
  async history() {
    const all = [];
    let before = 0;
    do {
      const answer = await call(this.ready, this.session, 'snapshot', {
        from: this.session.id,
        ...(before && {before}),
      });
      const page = /** @type {any} */ (await answer.json());
      all.unshift(...page.history);
      before = page.before ?? 0;
    } while (before);
    return all;
  }

  close() {
    this.socket.disconnect();
  }
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {{chats: number, disconnects: number, seed?: number, tell?: (done: number) => void}} how
 */
export async function cutConnections(ready, {chats, disconnects, seed = 1, tell = () => {}}) {
  /** @type {Talk[]} */
  const talks = [];
  for (let i = 0; i < chats; ++i) talks.push(new Talk(ready, await begin(ready)));
  const each = Math.ceil(disconnects / chats);
  const began = Date.now();
  let done = 0;
  await Promise.all(
    talks.map(async (talk, at) => {
      const chance = new Chance(seed * 100_003 + at);
      while (talk.cuts < each) {
        await until('the join', () => talk.channel.state === 'joined', kPatienceMs);
        // Before, beside or after the cut: what is said is on its way in every state of the socket.
        const when = chance.under(4);
        const said = when === 0 ? null : talk.say();
        if (when === 1) await said;
        await until('a connection to cut', () => talk.cut(), kPatienceMs);
        if (++done % 1_000 === 0) tell(done);
        if (when === 3) await talk.say();
        await said;
      }
    }),
  );
  const seconds = (Date.now() - began) / 1_000;
  const sums = {
    disconnects: 0, messages: 0, missed: 0, doubled: 0, disordered: 0, refused: 0, seconds,
  };
  for (const talk of talks) {
    const wanted = (await talk.history())
      .filter(({from_side: side}) => side === 'bot')
      .map(({seq_num: number}) => number);
    await until('the last message', () => talk.heard.has(wanted.at(-1) ?? 0), kPatienceMs).catch(
      () => {},
    );
    sums.disconnects += talk.cuts;
    sums.messages += wanted.length;
    sums.missed += wanted.filter((number) => !talk.heard.has(number)).length;
    sums.doubled += talk.doubled;
    sums.disordered += talk.disordered;
    sums.refused += talk.refused;
    talk.close();
  }
  return sums;
}
