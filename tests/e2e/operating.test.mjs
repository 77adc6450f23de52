// What whoever runs a server relies on: it starts before anything is deployed, its service manager
// hears when it is ready, its log says who asked what, and `millrace doctor` tells what is wrong.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {test} from 'node:test';

import {RestTalker, post, textOf} from './support/rest.mjs';
import {Server, kRepository, run, temporaryFolder} from './support/server.mjs';
import {until, within} from './support/until.mjs';

const kSignup = join(kRepository, 'examples/signup');

// Node has no datagrams in files: binds the socket, and prints what each says as a line of JSON.
const kManager = `
import json, socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1])
print('"bound"', flush=True)
while True:
    print(json.dumps(manager.recv(4096).decode()), flush=True)
`;

test('a server that waits for a deploy is alive, and serves what is deployed', async () => {
  const data = temporaryFolder();
  const refused = await run(['serve', '--data', data, '--listen', '127.0.0.1:0']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /nothing is deployed: run `millrace deploy DIR .*--wait-for-deploy/);
  const server = await Server.start({data, solutions: [], more: ['--wait-for-deploy']});
  assert.deepEqual(server.ready.solutions, []);
  assert.equal(server.ready.app_id, null);
  const base = server.ready.base_url;
  for (const page of ['/healthz', '/readyz']) assert.equal((await fetch(base + page)).status, 200);
  assert.equal((await post(base, {sender: 'ada', message: 'hi'})).status, 404);
  assert.equal((await fetch(base, {redirect: 'manual'})).status, 404);
  const deployed = await run(['deploy', kSignup, '--data', data]);
  assert.equal(deployed.code, 0, deployed.stderr);
  await until('it is served', async () =>
    (await post(base, {sender: 'ada', message: 'hi'})).status === 200);
  assert.notEqual(textOf(await new RestTalker(base, 'bob').say('hi')), '');
  await server.stop();
});

test('its service manager hears that it is ready, that it lives, and that it stops', async (t) => {
  const folder = temporaryFolder();
  const socket = join(folder, 'notify');
  const manager = spawn('python3', ['-c', kManager, socket],
    {stdio: ['ignore', 'pipe', 'inherit']});
  t.after(() => manager.kill());
  /** @type {string[]} */
  const heard = [];
  const lines = createInterface(manager.stdout);
  await within('the socket', once(lines, 'line'), 10_000);
  lines.on('line', (line) => heard.push(JSON.parse(line)));
  const server = await Server.start({data: join(folder, 'data'),
    env: {NOTIFY_SOCKET: socket, WATCHDOG_USEC: '300000'}});
  await until('ready and alive', async () => heard.includes('WATCHDOG=1'));
  assert.equal(heard[0], 'READY=1\nSTATUS=solutions served: 1');
  await server.stop();
  await until('stopping', async () => heard.some((line) => line.startsWith('STOPPING=1')));
});

test('the access log has each request once, in JSON, with the id of its answer', async () => {
  const server = await Server.start({data: temporaryFolder(), logLevel: 'info',
    more: ['--access-log', '--log-format', 'json']});
  const base = server.ready.base_url;
  const given = await fetch(`${base}/healthz?token=secret`, {headers: {'X-Request-Id': 'mine-1'}});
  assert.equal(given.headers.get('x-request-id'), 'mine-1');
  const made = await post(base, {sender: 'ada', message: 'hi'});
  const id = made.headers.get('x-request-id');
  assert.match(String(id), /^[0-9a-f]{24}$/);
  await fetch(`${base}/chat/${server.ready.app_id}`);
  await server.stop();
  const lines = server.stderr().trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.every((line) => line.time && line.level && line.subject));
  const requests = lines.filter(({subject}) => subject === 'request');
  assert.deepEqual(requests.map(({request_id, method, path, status, peer}) =>
    [request_id, method, path, status, peer]), [
    ['mine-1', 'GET', '/healthz', 200, '127.0.0.1'],
    [id, 'POST', '/webhooks/rest/webhook', 200, '127.0.0.1'],
    [requests[2].request_id, 'GET', `/chat/${server.ready.app_id.slice(0, 4)}...`, 200,
      '127.0.0.1'],
  ]);
  assert.ok(!server.stderr().includes('secret'));
});

test('the doctor finds a machine fit, and names what is wrong with its remedy', async () => {
  const data = temporaryFolder();
  const server = await Server.start({data});
  const {port} = new URL(server.ready.base_url);
  const look = async (/** @type {string[]} */ ...more) => {
    const {code, stdout} = await run(['doctor', '--json', ...more]);
    const {status, checks} = JSON.parse(stdout);
    return {code, status, of: (/** @type {string} */ name) =>
      checks.find((/** @type {{name: string}} */ check) => check.name === name)};
  };
  const sandbox = server.ready.braze_sandbox_url;
  const fit = await look('--data', data, '--listen', `127.0.0.1:${port}`, '--braze-url', sandbox);
  for (const name of ['sandbox', 'data', 'files', 'secrets', 'deployments', 'port', 'clock']) {
    assert.equal(fit.of(name).state, 'ok', JSON.stringify(fit.of(name)));
  }
  assert.equal(fit.of('port').found, `a server is ready on ${port}`);
  assert.equal(fit.of('braze').state, 'warning');  // no key is known
  assert.deepEqual([fit.code, fit.status], [0, 'ok']);

  const taken = await look('--listen', `127.0.0.1:${new URL(sandbox).port}`);
  assert.equal(taken.of('port').state, 'wrong');
  assert.deepEqual([taken.code, taken.status], [1, 'failing']);
  const away = await look('--data', join(data, 'mistyped'), '--braze-url', 'http://127.0.0.1:1');
  assert.match(away.of('data').found, /mistyped is not there/);
  assert.equal(away.of('braze').state, 'wrong');
  const text = await run(['doctor', '--data', join(data, 'mistyped')]);
  assert.equal(text.code, 1);
  assert.match(text.stdout, /^wrong +data +.*\n +`millrace deploy DIR --data/m);
  await server.stop();
});

test('figures tell of turns, chats, requests, sockets, commits and the process', async () => {
  const server = await Server.start({data: temporaryFolder(), solutions: [kSignup],
    more: ['--metrics', '127.0.0.1:0']});
  const base = server.ready.base_url;
  const talk = new RestTalker(base, 'ada');
  for (const words of ['hi', 'Ada', 'Lovelace']) await talk.say(words);
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
  const text = await (await fetch(/** @type {any} */ (server.ready).metrics_url)).text();
  const figure = (/** @type {string} */ name) => {
    const line = text.split('\n').find((each) => each.startsWith(`millrace_${name} `));
    assert.ok(line, `${name} in\n${text}`);
    return Number(line.slice(line.lastIndexOf(' ')));
  };
  assert.ok(figure('turn_seconds_count{solution="SignUp"}') >= 3);
  assert.equal(figure('chats_started_total{solution="SignUp"}'), 1);
  assert.equal(figure('http_request_seconds_count{part="rest",status="2xx"}'), 3);
  assert.equal(figure('http_request_seconds_count{part="nothing",status="4xx"}'), 1);
  assert.ok(figure('commit_seconds_count{store="journal.db"}') >= 3);
  assert.ok(figure('connections_open') >= 1);
  assert.equal(figure('sockets_open'), 0);
  assert.ok(figure('process_resident_bytes') > 1e6);
  assert.ok(figure('process_cpu_seconds_total') > 0);
  assert.ok(figure('data_disk_free_bytes') > 1e6);
  assert.match(text, /millrace_build_info\{version="[0-9.]+"\} 1/);
  await server.stop();
});
