// A script in the real sandbox behind the real proxy tries to come to places that nobody allowed:
// straight, by a redirect, by other spellings of an address, by names. A listener inside sees nobody.

import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {test} from 'node:test';

import {kBinary, run, temporaryFolder} from './support/server.mjs';

const kApp = `import os
NAME = 'Reach'
BOTS = []
CSV_BOTS = ['Reach']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`;
const kScript = `import http.client
import socket
import urllib.parse
import urllib.request

import requests


class Reach:
    def execute(self, log, payload=None, context=None):
        reached = {}
        for url in payload['urls']:
            for name, get in (('requests', self.by_requests), ('urllib', self.by_urllib),
                              ('http.client', self.by_client), ('socket', self.by_socket)):
                try:
                    reached[name + ' ' + url] = str(get(url))
                except Exception as error:
                    reached[name + ' ' + url] = 'refused: {}: {}'.format(type(error).__name__, error)
        return {'success': 'true', 'reached': reached}

    def by_requests(self, url):
        return requests.get(url, timeout=5).status_code

    def by_urllib(self, url):
        return urllib.request.urlopen(url, timeout=5).status

    def by_client(self, url):
        connection = http.client.HTTPConnection(self.place(url), timeout=5)
        connection.request('GET', '/')
        status = connection.getresponse().status
        if status == 302:
            raise OSError('a redirect that this client does not follow')
        return status

    def by_socket(self, url):
        to = urllib.parse.urlsplit(url)
        with socket.create_connection((to.hostname, to.port or 80), 5) as it:
            it.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
            if b' 302 ' in it.recv(100):
                raise OSError('a redirect')
        return 'spoken to'

    @staticmethod
    def place(url):
        return url.split('://')[1].split('/')[0]
`;

/** @param {import('node:http').RequestListener} listener */
async function listen(listener) {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => ++connections);
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {server, port: address.port, seen: () => connections};
}

test('a script comes to no place that nobody allowed', async (t) => {
  const inside = await listen((_, response) => response.end('the inside'));
  const redirecting = await listen((request, response) => {
    response.writeHead(302, {Location: decodeURIComponent((request.url ?? '/').slice(1))});
    response.end();
  });
  t.after(() => [inside, redirecting].forEach(({server}) => server.close()));
  const solution = temporaryFolder();
  for (const inner of ['action_nodes', 'flows']) mkdirSync(join(solution, inner));
  writeFileSync(join(solution, 'app.py'), kApp);
  writeFileSync(join(solution, 'action_nodes/Reach.py'), kScript);
  writeFileSync(join(solution, 'flows/main.flow.yaml'), 'nodes:\n  bye: {say: Bye, end: true}\n');
  // The widest that a solution can ask for; the operator opens the redirecting server alone.
  writeFileSync(join(solution, 'solution.yaml'), `egress: {allow: ['*:*']}\n`);
  const at = inside.port;
  const direct = [
    `http://127.0.0.1:${at}/`, `http://localhost:${at}/`, `http://127.1:${at}/`,
    `http://2130706433:${at}/`, `http://0x7f000001:${at}/`, `http://0177.0.0.1:${at}/`,
    `http://[::1]:${at}/`, `http://[::ffff:127.0.0.1]:${at}/`, `http://0.0.0.0:${at}/`,
    `http://[64:ff9b::7f00:1]:${at}/`, 'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/', 'http://10.0.0.1/', 'http://192.168.0.1/', 'http://100.64.0.1/',
  ];
  const redirected = direct.map((url) =>
    `http://127.0.0.1:${redirecting.port}/${encodeURIComponent(url)}`);
  const {stdout, stderr} = await run(['action', 'run', 'Reach', '--solution', solution,
    '--payload', JSON.stringify({urls: [...direct, ...redirected]}),
    '--allow-internal', `127.0.0.1:${redirecting.port}`], kBinary);
  assert.notEqual(stdout, '', stderr);
  const {reached} = JSON.parse(stdout);
  assert.equal(Object.keys(reached).length, 4 * 2 * direct.length);
  for (const [way, end] of Object.entries(reached)) assert.match(end, /^refused: /, way);
  assert.ok(redirecting.seen() >= direct.length, 'the redirects were met');
  assert.equal(inside.seen(), 0, 'somebody came inside');
});
