// Somebody who talks over a socket and does not read what comes: how does the server end it?

import {once} from 'node:events';

import {call, messageBody, openSession, startBody} from './engagement.mjs';
import {Line} from './line.mjs';

const kMessages = 400;
const kBlindMs = 3_000;

/**
 * Sends without reading, then reads all that came. The close code, or 'open' where there is none.
 * @param {import('./server.mjs').Ready} ready its solution answers each message with some KB
 * @returns {Promise<number | 'open'>}
 */
export async function readSlowly(ready) {
  const session = await openSession(ready);
  const started = await call(ready, session, 'start', startBody(ready, session));
  if (started.status !== 202) throw new Error(`start: ${started.status}`);
  const line = await Line.open(ready, session);
  const closed = once(line.socket, 'close');
  line.socket.pause();
  for (let i = 0; i < kMessages; ++i) {
    const body = {...messageBody(session, `m${i}`, `m${i}`), access_token: session.access_token};
    line.push('msg:send', body).catch(() => {}); // nobody waits for the answer
    if (i % 10 === 9) await new Promise((woken) => setTimeout(woken, kBlindMs / (kMessages / 10)));
  }
  line.socket.resume();
  const late = new Promise((woken) => setTimeout(woken, 10_000, ['open']));
  const [code] = await Promise.race([closed, late]);
  return code;
}
