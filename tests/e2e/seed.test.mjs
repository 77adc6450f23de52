// The published listing of a Braze action node as it is printed, and with its three mistakes mended one
// after the other, run in the real sandbox and through the real proxy against the Braze sandbox: each
// gives its diagnosis. Mended, it also speaks TLS to a server whose authority the solution brings.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {kBinary, run, startServing, temporaryFolder} from './support/server.mjs';

const kKey = 'listing-key-4711';

/**
 * @param {{comma?: boolean, json?: boolean, bearer?: boolean, values?: boolean}} mended
 */
function listing({comma, json, bearer, values}) {
  const [id, name, mail, time] = values
    ? ['u-4711', 'Ana', 'ana@example.com', '2026-01-02T03:04:05Z']
    : ['{ USER_ID }', '{ FIRST_NAME }', '{ EMAIL }', '{ EVENT_TIME }'];
  return `# -*- coding: utf-8 -*-
import requests
from .. import app

class BrazeExample:
    def execute(self, log, payload=None, context=None):
        try:
            app_params = app.PARAMS[context['env']]
            req_params = {
                "attributes": [{
                    "external_id": "${id}",
                    "first_name": "${name}",
                    "email": "${mail}"
                }],
                "events": [{
                    "external_id": "${id}",
                    "name": "signed_up",
                    "time": "${time}"
                }],
                "partner" : 'pypestream'
            }
            req_url = '{}/{}'.format(
                app_params['braze_url'],
                app_params['braze_user_track']
            )
            req_headers = {
                "Authorization": ${bearer ? "'Bearer ' + " : ''}app_params['braze_api_key']${comma ? ',' : ''}
                "Content-Type": "application/json"
            }

            resp = requests.post(req_url,
                                ${json ? 'json' : 'params'}=req_params,
                                headers=req_headers)

            log('BrazeExample API response: {}'.format(resp.text))

            if resp.status_code == 400:
                return {'success': 'error'}

            return {'success': 'true'}

        except Exception as err:
            log('BrazeExample Exception error: {}'.format(err))

        return {'success': 'error'}
`;
}

const kApp = `import os

NAME = 'Listing'
BOTS = []
CSV_BOTS = ['Listing']
PATH = os.path.dirname(__file__)
PARAMS = {
    'sandbox': {
        'braze_url': os.environ.get('LISTING_URL', ''),
        'braze_api_key': '\${secret:LISTING_KEY}',
        'braze_user_track': 'users/track'
    },
    'live': {},
}
`;

/**
 * Runs the listing once, as the server would.
 * @param {string} url
 * @param {Parameters<typeof listing>[0]} mended
 * @param {string} [authority] PEM that the solution brings
 */
async function runListing(url, mended, authority) {
  const solution = temporaryFolder();
  for (const inner of ['action_nodes', 'flows', 'certs']) mkdirSync(join(solution, inner));
  writeFileSync(join(solution, 'app.py'), kApp);
  writeFileSync(join(solution, 'action_nodes/BrazeExample.py'), listing(mended));
  writeFileSync(join(solution, 'flows/main.flow.yaml'), `nodes:
  send:
    do: BrazeExample
    outputs: [success]
    decide: success
    on: {'true': done, error: done}
  done: {say: Bye, end: true}
`);
  const ca = authority === undefined ? '' : '\n  ca_file: certs/test.pem';
  if (authority !== undefined) writeFileSync(join(solution, 'certs/test.pem'), authority);
  writeFileSync(join(solution, 'solution.yaml'),
    `name: Listing\nenvironment: [LISTING_URL]\negress:\n  allow: ['\${env:LISTING_URL}']${ca}\n`);
  const {host} = new URL(url);
  const ran = await run(['action', 'run', 'BrazeExample', '--solution', solution, '--json',
    '--allow-internal', host], kBinary, {LISTING_URL: url, LISTING_KEY: kKey});
  assert.ok(!(ran.stdout + ran.stderr).includes(kKey), 'the key is shown');
  return {...ran, seen: ran.stdout === '' ? null : JSON.parse(ran.stdout)};
}

describe('the published listing', () => {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  let url = '';

  before(async () => {
    const sandbox = await startServing(['braze-sandbox', '--data', join(temporaryFolder(), 'data'),
      '--listen', '127.0.0.1:0', '--key', kKey]);
    child = sandbox.child;
    url = sandbox.ready.braze_sandbox_url;
  });
  after(() => child.kill('SIGTERM'));

  /** What the inspector says of the last request: its status and the codes of its diagnoses. */
  const lastRequest = async () => {
    const {requests} = await (await fetch(`${url}/_sandbox/requests`)).json();
    return {
      status: requests[0].status,
      codes: requests[0].diagnostics.map((/** @type {{code: string}} */ {code}) => code),
    };
  };

  test('as printed is not loaded, and the comma is named', async () => {
    const {code, stderr, seen} = await runListing(url, {});
    assert.notEqual(code, 0);
    assert.match(stderr + JSON.stringify(seen), /comma/);
  });

  test('with the comma: 401, no Bearer, and the payload in the query', async () => {
    const {seen} = await runListing(url, {comma: true});
    assert.deepEqual(seen.result, {success: 'true'}, 'the flow cannot see it: the listing\'s fault');
    const {status, codes} = await lastRequest();
    assert.equal(status, 401);
    assert.ok(codes.includes('BRZ_MISSING_BEARER'), codes);
    assert.ok(codes.includes('BRZ_PAYLOAD_IN_QUERY'), codes);
    assert.match(seen.lines.join('\n'), /API response: .*Invalid API key/);
  });

  test('with json= as well: 401, no Bearer', async () => {
    const {seen} = await runListing(url, {comma: true, json: true});
    assert.deepEqual(seen.result, {success: 'true'});
    const {status, codes} = await lastRequest();
    assert.equal(status, 401);
    assert.ok(codes.includes('BRZ_MISSING_BEARER'), codes);
    assert.ok(!codes.includes('BRZ_PAYLOAD_IN_QUERY'), codes);
  });

  test('with all three: 400 over placeholders that nobody filled in', async () => {
    const {seen} = await runListing(url, {comma: true, json: true, bearer: true});
    assert.deepEqual(seen.result, {success: 'error'});
    const {status, codes} = await lastRequest();
    assert.equal(status, 400);
    assert.ok(codes.includes('BRZ_UNRESOLVED_PLACEHOLDER'), codes);
  });

  test('with real values: 201, and the profile is there', async () => {
    const mended = {comma: true, json: true, bearer: true, values: true};
    const {code, seen} = await runListing(url, mended);
    assert.equal(code, 0);
    assert.deepEqual(seen.result, {success: 'true'});
    assert.equal((await lastRequest()).status, 201);
    const exported = await fetch(`${url}/users/export/ids`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'Authorization': `Bearer ${kKey}`},
      body: JSON.stringify({external_ids: ['u-4711']}),
    });
    const {users} = await exported.json();
    assert.equal(users[0].email, 'ana@example.com');
    assert.equal(users[0].custom_events[0].count, 1);
    const {exchanges} = seen;
    const post = exchanges.find((/** @type {{method: string}} */ {method}) => method === 'POST');
    assert.equal(post.status, 201, 'the request is in the trace');
  });

  test('over TLS: a server whose authority the solution brings is believed, another is not',
    async (t) => {
      const folder = temporaryFolder();
      const openssl = (/** @type {string[]} */ ...options) =>
        execFileSync('openssl', options, {cwd: folder, stdio: 'pipe'});
      openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem',
        '-days', '2', '-subj', '/CN=Test authority');
      openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr',
        '-subj', '/CN=127.0.0.1');
      writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
      openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key',
        '-CAcreateserial', '-out', 'server.pem', '-days', '2', '-extfile', 'names');
      /** @type {string[]} */
      const bodies = [];
      const server = createServer({
        key: readFileSync(join(folder, 'server.key')),
        cert: readFileSync(join(folder, 'server.pem')),
      }, (request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk)).on('end', () => {
          bodies.push(body);
          response.writeHead(201, {'Content-Type': 'application/json'});
          response.end('{"message":"success"}');
        });
      });
      await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
      t.after(() => server.close());
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      const secure = `https://127.0.0.1:${address.port}`;
      const mended = {comma: true, json: true, bearer: true, values: true};

      const believed =
        await runListing(secure, mended, readFileSync(join(folder, 'ca.pem'), 'utf8'));
      assert.deepEqual(believed.seen.result, {success: 'true'}, JSON.stringify(believed.seen));
      assert.equal(JSON.parse(bodies[0]).attributes[0].external_id, 'u-4711');

      const doubted = await runListing(secure, mended);
      assert.deepEqual(doubted.seen.result, {success: 'error'});
      assert.match(doubted.seen.lines.join('\n'), /certificate/i);
      assert.equal(bodies.length, 1, 'nothing was sent to a server that is not believed');
    });
});
