// Goal: the samples for proxies hold. The server behind the real nginx, which ends TLS: the page,
// its socket, whose address is counted, what is refused, and a path of a site. Caddy reads its own.

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {promisify} from 'node:util';
import WebSocket from 'ws';

import {ChatPage, launch} from './support/browser.mjs';
import {ask, makePair} from './support/certificates.mjs';
import {messageBody, sessionBody, startBody} from './support/engagement.mjs';
import {freePort, Nginx} from './support/nginx.mjs';
import {kAsks, kAsksInOrder} from './support/people.mjs';
import {kRepository, Server, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

const kCaddyfile = join(kRepository, 'docs/samples/operating/Caddyfile');
const kCaddy = '/usr/bin/caddy';

/**
 * A server, and nginx in front of it.
 * @param {string} name of the server in the sample
 * @param {string} path
 * @param {string[]} more options of the server
 */
async function behindNginx(name, path, more = []) {
  const pair = makePair(temporaryFolder(), 'nginx');
  const port = await freePort();
  const server = await Server.start({data: temporaryFolder(), more: [
    '--public-url', `https://127.0.0.1:${port}${path}`, '--trusted-proxy', '127.0.0.1/32',
    ...more,
  ]});
  const nginx = await Nginx.start({port, target: server.ready.base_url, name, pair});
  return {
    server, nginx, ca: readFileSync(pair.certificate),
    stop: async () => {
      await nginx.stop();
      await server.stop();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof behindNginx>>} Behind */

/**
 * @param {Behind} behind
 * @param {string} path
 * @param {unknown} body
 * @param {Record<string, string>} headers
 */
function post({nginx, ca}, path, body, headers = {}) {
  return ask(nginx.origin + path, {method: 'POST', ca,
    headers: {'Content-Type': 'application/json', ...headers}, body: JSON.stringify(body)});
}

/** @param {Behind} behind @param {Record<string, string>} [headers] */
function requestSession(behind, headers) {
  const {app_id: app} = behind.server.ready;
  return post(behind, '/messaging/v1/consumers/anonymous_session', sessionBody(app), headers);
}

/** The chat page in a browser, up to its second question. @param {string} url */
async function talkInBrowser(url) {
  const browser = await launch();
  try {
    const chat = await ChatPage.open(browser, url, {ignoreHTTPSErrors: true});
    await chat.hear(kAsks.first);
    await chat.type('Ada');
    await chat.hear(kAsksInOrder[1]);
    await chat.close();
  } finally {
    await browser.close();
  }
}

describe('Behind nginx', () => {
  /** @type {Behind} */
  let behind;
  before(async () => {
    behind = await behindNginx('chat.example.com', '', ['--limit', 'address-sessions=1/s:3']);
  });
  after(() => behind?.stop());

  test('the chat page works over TLS', async () => {
    const {nginx, server} = behind;
    assert.equal(server.ready.chat_url, `${nginx.origin}/chat/${server.ready.app_id}`);
    await talkInBrowser(server.ready.chat_url);
  });

  test('a socket is passed on, and its token is not in the log', async () => {
    const {nginx, server, ca} = behind;
    const session = JSON.parse((await until('a session', async () => {
      const response = await requestSession(behind);
      return response.status === 201 && response;
    })).body.toString());
    const headers = {Authorization: `Bearer ${session.access_token}`};
    const chat = `/messaging/v1/chats/${session.chat_id}`;
    const socket = new WebSocket(`${nginx.origin.replace('https', 'wss')}/socket/websocket` +
      `?vsn=2.0.0&token=${session.access_token}`, {ca, origin: nginx.origin});
    let heard = '';
    socket.on('message', (frame) => (heard += String(frame)));
    await within('the socket', once(socket, 'open'));
    socket.send(JSON.stringify(['1', '1', `chat:${session.chat_id}`, 'phx_join', {}]));
    await until('the join', () => heard.includes('phx_reply'));
    await post(behind, `${chat}/start`, startBody(server.ready, session), headers);
    await until('the first question', () => kAsks.first.test(heard));
    await post(behind, `${chat}/message`, messageBody(session, 'Ada', '1'), headers);
    await until('the second question', () => kAsksInOrder[1].test(heard));
    socket.close();
    await within('the end', once(socket, 'close'));
    await until('its line in the log', () => nginx.log().includes('GET /socket/websocket'));
    assert.ok(!nginx.log().includes(session.access_token), nginx.log());
  });

  test('people are counted by the address that nginx sees, whatever they say of it', async () => {
    const statuses = [];
    for (let i = 0; i < 6; ++i) {
      const claimed = `192.0.2.${i}`;
      const response = await requestSession(behind,
        {'X-Forwarded-For': claimed, Forwarded: `for=${claimed}`});
      statuses.push(response.status);
    }
    assert.ok(statuses.includes(429), `one address opened ${statuses}`);
  });

  test('a body over the limit is refused by nginx', async () => {
    const {status, headers} = await post(behind, '/webhooks/rest/webhook',
      {x: 'x'.repeat(1 << 20)});
    assert.equal(status, 413);
    assert.match(String(headers.server), /nginx/);
    const fits = await post(behind, '/messaging/v1/consumers/anonymous_session',
      {x: 'x'.repeat(900_000)});
    assert.notEqual(fits.status, 413);
  });

  test('browsers are told to keep to TLS', async () => {
    const {nginx, ca} = behind;
    const {status, headers, protocol} = await ask(`${nginx.origin}/healthz`, {ca});
    assert.deepEqual([status, protocol], [200, 'TLSv1.3']);
    assert.match(String(headers['strict-transport-security']), /max-age=\d+/);
  });
});

test('the page works below a path of a site behind nginx', async (t) => {
  const behind = await behindNginx('example.com', '/talk');
  t.after(() => behind.stop());
  const {nginx, server} = behind;
  assert.equal(server.ready.chat_url, `${nginx.origin}/talk/chat/${server.ready.app_id}`);
  await talkInBrowser(server.ready.chat_url);
});

test('Caddy takes its sample', {skip: !existsSync(kCaddy) && 'there is no caddy'}, async () => {
  const folder = temporaryFolder();
  const {stderr} = await promisify(execFile)(kCaddy,
    ['validate', '--adapter', 'caddyfile', '--config', kCaddyfile],
    {env: {PATH: '/usr/bin:/bin', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder}});
  assert.doesNotMatch(stderr, /"level":"(warn|error)"/);
});
