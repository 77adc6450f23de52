// Events of the page around a chat: told over REST, over the socket by the npm phoenix client, and
// by a page that embeds the chat page in Chromium; read by the built-in commands and by a script.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {Socket} from 'phoenix';
import WebSocket from 'ws';

import {launch} from './support/browser.mjs';
import {assertError, call, messageBody, openSession, readSnapshot, startBody}
  from './support/engagement.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

/** @typedef {import('./support/engagement.mjs').Session} Session */

const kBrand = 'shop.brand.example';
const kStranger = 'stranger.example';

const kApp = `import os
NAME = 'Events'
BOTS = []
CSV_BOTS = ['Events']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kScript = `class Names:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true', 'NAMES': ' '.join(e['name'] for e in context['events'])}
`;
const kFlow = `nodes:
  menu:
    ask: Look?
    variable: WORD
    nlu: false
  fields:
    do: EventsToGlobalVariableValues
    with: {event_mapping: {checkout: {total: TOTAL}}}
    variables: [TOTAL]
    outputs: [success]
    decide: success
    on: {'true': date, 'false': nothing}
  date:
    do: GetEventsDate
    with: {type: single}
    variables: [DAY]
    outputs: [success]
    decide: success
    on: {'true': names, 'false': names}
  names:
    do: Names
    variables: [NAMES]
    outputs: [success]
    decide: success
    on: {'true': told, error: nothing}
  told:
    say: 'total {TOTAL}, day {DAY}, of {NAMES}'
    next: menu
  nothing:
    say: nothing told
    next: menu
`;

describe('events of the page', () => {
  /** @type {Server} */
  let server;
  /** @type {string} */
  let solution;
  /** Whatever its name, a page with the chat in it. */
  const site = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end(`<!doctype html>
      <iframe id="chat" src="${server.ready.chat_url}" width="500" height="600"></iframe>`);
  });
  const originOf = (/** @type {string} */ host) =>
    `http://${host}:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`;

  before(async () => {
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const folder = temporaryFolder();
    solution = join(folder, 'solution');
    for (const inner of ['flows', 'action_nodes']) mkdirSync(join(solution, inner), {recursive: true});
    writeFileSync(join(solution, 'app.py'), kApp);
    writeFileSync(join(solution, 'action_nodes/Names.py'), kScript);
    writeFileSync(join(solution, 'flows/main.flow.yaml'), kFlow);
    writeFileSync(join(solution, 'solution.yaml'),
      `name: Events\nopening: {wait_ms: 0}\norigins: ['${originOf('*.brand.example')}']\n`);
    server = await Server.start({data: join(folder, 'data'), solutions: [solution]});
  });
  after(async () => {
    site.closeAllConnections();
    site.close();
    await server?.stop();
  });

  async function begun() {
    const session = await openSession(server.ready);
    assert.equal((await call(server.ready, session, 'start', startBody(server.ready, session))).status, 202);
    return session;
  }

  /**
   * What the bot says last, once it has answered `word`.
   * @param {Session} session
   * @param {string} word
   */
  async function look(session, word = 'look') {
    assert.equal((await call(server.ready, session, 'message', messageBody(session, word))).status, 204);
    return until('the answer', async () => {
      const {history} = await readSnapshot(server.ready, session);
      const at = history.findLastIndex(({msg}) => msg === word);
      const answers = history.slice(at + 1).map(({msg}) => msg);
      return answers.includes('Look?') ? answers[0] : undefined;
    });
  }

  test('told over REST reach commands and scripts, the latest of a kind counting', async () => {
    const session = await begun();
    assert.equal(await look(session), 'nothing told');
    for (const event of [
      {name: 'checkout', detail: {total: 12}}, {name: 'picked', detail: {date: '2026-03-01'}},
      {name: 'checkout', detail: {total: 99.5}}, {name: 'bare'},
    ]) {
      assert.equal((await call(server.ready, session, 'event', event)).status, 204);
    }
    assert.equal(await look(session), 'total 99.5, day 2026-03-01, of checkout picked checkout bare');
  });

  test('are told before the chat is started', async () => {
    const session = await openSession(server.ready);
    assert.equal((await call(server.ready, session, 'event', {name: 'checkout', detail: {total: 3}})).status, 204);
    assert.equal((await call(server.ready, session, 'start', startBody(server.ready, session))).status, 202);
    assert.match(await look(session), /^total 3, day None/);
  });

  test('told over the socket get a reply, or the reason why not', async () => {
    const session = await begun();
    const socket = new Socket(`${server.ready.base_url.replace('http', 'ws')}/socket`, {
      transport: /** @type {any} */ (WebSocket), params: {token: session.access_token},
    });
    socket.connect();
    try {
      const channel = socket.channel(`chat:${session.chat_id}`);
      await within('the join', new Promise((joined, refused) => {
        channel.join().receive('ok', joined).receive('error', refused);
      }));
      /** @type {(payload: object) => Promise<{status: string, response: any}>} */
      const tell = (payload) => within('the reply', new Promise((resolve) => {
        channel.push('chat:event', payload)
          .receive('ok', (response) => resolve({status: 'ok', response}))
          .receive('error', (response) => resolve({status: 'error', response}));
      }));
      assert.equal((await tell({name: 'checkout', detail: {total: 5}})).status, 'ok');
      assert.equal((await tell({detail: {}})).response.source, 'name');
      assert.equal((await tell({name: 'x', detail: [1]})).response.source, 'detail');
      assert.match(await look(session), /^total 5,/);
    } finally {
      socket.disconnect();
    }
  });

  test('are refused when too long, not JSON, of a foreign page, without the token, or of an ended chat', async () => {
    const session = await begun();
    const {base_url} = server.ready;
    const url = `${base_url}/messaging/v1/chats/${session.chat_id}/event`;
    const body = JSON.stringify({name: 'x'});
    const right = {'Content-Type': 'application/json', Authorization: `Bearer ${session.access_token}`};
    for (const event of [{}, {name: ''}, {name: 'n'.repeat(129)}, {name: 'x', detail: 'text'},
      {name: 'x', detail: {long: 'd'.repeat(8 * 1024)}}]) {
      await assertError(await call(server.ready, session, 'event', event), 400);
    }
    assert.equal((await call(server.ready, session, 'event',
      {name: 'n'.repeat(128), detail: {long: 'd'.repeat(8 * 1024 - 64)}})).status, 204);
    const post = (/** @type {Record<string, string>} */ headers) => fetch(url, {method: 'POST', headers, body});
    assert.equal((await post({...right, 'Content-Type': 'text/plain'})).status, 415);
    assert.equal((await post({...right, Origin: originOf(kStranger)})).status, 403);
    assert.equal((await post({...right, Origin: originOf(kBrand)})).status, 204);
    assert.equal((await post({'Content-Type': 'application/json'})).status, 401);
    assert.equal((await call(server.ready, session, 'end', {})).status, 204);
    await assertError(await call(server.ready, session, 'event', {name: 'x'}), 404);
  });

  test('of one consumer are refused with 429 when there are more than its share', async () => {
    const folder = temporaryFolder();
    const few = await Server.start({data: join(folder, 'data'), solutions: [solution],
      more: ['--limit', 'consumer-events=1/s:3']});
    try {
      const session = await openSession(few.ready);
      /** @type {Response[]} */
      const answers = [];
      for (let i = 0; i < 8; ++i) answers.push(await call(few.ready, session, 'event', {name: `e${i}`}));
      const refused = answers.filter(({status}) => status === 429);
      assert.deepEqual(answers.slice(0, 3).map(({status}) => status), [204, 204, 204]);
      assert.ok(refused.length >= 1);
      assert.ok(Number(refused[0].headers.get('Retry-After')) >= 1);
      assert.equal((await call(few.ready, session, 'start', startBody(few.ready, session))).status, 202,
        'messages have a share of their own');
    } finally {
      await few.stop();
    }
  });

  test('of a page that embeds the chat are heard, and no page may that solution.yaml does not list', async () => {
    const browser = await launch(['--host-resolver-rules=MAP *.example 127.0.0.1']);
    try {
      const context = await browser.newContext({locale: 'en-US'});
      /** @param {string} host */
      const embed = async (host) => {
        const page = await context.newPage();
        await page.goto(originOf(host));
        return page;
      };
      const messages = [
        'CUSTOM_EVENT:{"name": "checkout", "total": 7}', 'CUSTOM_EVENT:nonsense', {type: 'other'},
        {type: 'millrace:event', name: 'picked', detail: {date: '2026-05-06'}},
        {type: 'millrace:event', name: 'number', detail: 4},
      ];
      const brand = await embed(kBrand);
      const frame = brand.frameLocator('#chat');
      await frame.locator('[data-side="bot"]', {hasText: 'Look?'}).first().waitFor();
      await brand.evaluate((sent) => {
        const chat = /** @type {HTMLIFrameElement} */ (document.getElementById('chat'));
        for (const message of sent) chat.contentWindow?.postMessage(message, '*');
      }, messages);
      await frame.locator('#message').fill('look');
      await frame.locator('#message').press('Enter');
      await frame.locator('[data-side="bot"]',
        {hasText: 'total 7, day 2026-05-06, of checkout picked number'}).waitFor({timeout: 20_000});
      // The browser shows a stranger's page an error where the chat would be.
      /** @type {string[]} */
      const said = [];
      context.on('console', (line) => said.push(line.text()));
      const stranger = await embed(kStranger);
      await until('a refusal', () => said.some((text) => text.includes('frame-ancestors')));
      assert.equal(await stranger.frameLocator('#chat').locator('#log').count(), 0);
    } finally {
      await browser.close();
    }
  });
});
