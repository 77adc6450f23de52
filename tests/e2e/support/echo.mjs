// A solution that repeats what is said, and asks for a file when it is told `file`; with whatever a
// test puts into its solution.yaml. Its channels are joined with the npm phoenix client.

import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Socket} from 'phoenix';
import WebSocket from 'ws';

import {call, messageBody, openSession, startBody} from './engagement.mjs';
import {Mailbox} from './mailbox.mjs';
import {temporaryFolder} from './server.mjs';
import {within} from './until.mjs';

/**
 * @typedef {import('./engagement.mjs').Session} Session
 * @typedef {{event: string, payload: any}} Heard
 */

const kApp = `import os
NAME = 'Echo'
BOTS = []
CSV_BOTS = ['Echo']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kFlow = `nodes:
  hello:
    ask: Hello. Say something.
    variable: WORD
    nlu: false
  which:
    if:
      - {when: WORD = 'file', to: file}
      - {else: again}
  again:
    say: 'You said {WORD}.'
    next: hello
  file:
    ask: Which file?
    asset:
      kind: file_upload
      type: direct_post
      upload_label: Send a photo
      cancel_label: I have none
    variable: FILE
    nlu: false
  got:
    say: 'Thank you for that.'
    next: hello
`;

/** Where it was written. @param {string} [settings] of solution.yaml, besides the name */
export function writeEcho(settings = '') {
  const solution = join(temporaryFolder(), 'solution');
  mkdirSync(join(solution, 'flows'), {recursive: true});
  writeFileSync(join(solution, 'app.py'), kApp);
  writeFileSync(join(solution, 'flows/main.flow.yaml'), kFlow);
  writeFileSync(join(solution, 'solution.yaml'), `name: Echo\n${settings}\n`);
  return solution;
}

/**
 * A chat that has begun.
 * @param {import('./server.mjs').Ready} ready
 * @param {object} [changes] of the session's body
 */
export async function begin(ready, changes) {
  const session = await openSession(ready, changes);
  await call(ready, session, 'start', startBody(ready, session));
  return session;
}

/**
 * @param {import('./server.mjs').Ready} ready
 * @param {Session} session
 * @param {string} text
 * @param {string} [id]
 */
export const say = (ready, session, text, id) =>
  call(ready, session, 'message', messageBody(session, text, id));

/**
 * A channel of the npm client, joined, with what it hears.
 * @param {import('./server.mjs').Ready} ready
 * @param {Session} session
 * @param {object | (() => object)} [more] of the join's payload
 */
export async function joinChat(ready, session, more = {}) {
  const socket = new Socket(ready.base_url.replace('http', 'ws') + '/socket', {
    transport: /** @type {any} */ (WebSocket),
    params: {token: session.access_token},
  });
  socket.connect();
  const channel = socket.channel(`chat:${session.chat_id}`, () => ({
    access_token: session.access_token,
    ...(typeof more === 'function' ? more() : more),
  }));
  /** @type {Mailbox<Heard>} */
  const heard = new Mailbox();
  for (const event of [
    'chat:ready',
    'incoming:msg',
    'incoming:notice',
    'new:pong',
    'chat:snapshot_response',
  ]) {
    channel.on(event, (payload) => heard.put({event, payload}));
  }
  /** @type {any} */
  const reply = await within(
    'the join',
    new Promise((joined, refused) => {
      channel.join().receive('ok', joined).receive('error', refused);
    }),
  ).catch((error) => {
    socket.disconnect();
    throw error;
  });
  return {socket, channel, heard, reply};
}

/**
 * @param {import('phoenix').Channel} channel
 * @param {string} event
 * @param {object} payload
 * @returns {Promise<any>} the reply; an error reply is thrown
 */
export function push(channel, event, payload) {
  return within(
    `the reply to ${event}`,
    new Promise((resolve, reject) => {
      channel
        .push(event, payload)
        .receive('ok', resolve)
        .receive('error', reject)
        .receive('timeout', () => reject(new Error('timeout')));
    }),
  );
}
