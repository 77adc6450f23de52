// A solution whose two action nodes act on an outside system, and that system: a server which
// records every key that it acts on. One node may be repeated and looks before it acts; the other
// may not.

import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';

const kApp = `import os

NAME = 'Acting'
BOTS = []
CSV_BOTS = ['Acting']
PATH = os.path.dirname(__file__)
PARAMS = {
    'sandbox': {'url': os.environ.get('ACT_URL', '')},
    'live': {'url': os.environ.get('ACT_URL', '')},
}
`;

const kSettings = `name: Acting
default_locale: en
environment: [ACT_URL]
egress:
  allow: ['\${env:ACT_URL}']
actions:
  commands:
    ActOnce:
      attempts: 5
      retry: [crashed, timed_out]
      backoff: {base: 50ms, cap: 500ms}
`;

const kFlow = `nodes:
  token:
    ask: Which one?
    variable: TOKEN
    nlu: false

  which:
    if:
      - {when: 'starts_with(TOKEN, ''once'')', to: act_once}
      - {else: act}

  act:
    do: Act
    with: {token: '{TOKEN}'}
    outputs: [success]
    decide: success
    on: {'true': done, timeout: unknown, unknown: unknown, error: failed}

  act_once:
    do: ActOnce
    with: {token: '{TOKEN}'}
    outputs: [success]
    decide: success
    on: {'true': done, timeout: unknown, unknown: unknown, error: failed}

  done:
    say: 'done {TOKEN}'
    next: token

  unknown:
    say: 'unknown {TOKEN}'
    next: token

  failed:
    say: 'failed {TOKEN}'
    next: token
`;

const kHelper = `import random
import time

import requests
from .. import app


def url(context, path):
    return app.PARAMS[context['env']]['url'] + path


def act(payload, context):
    # The moments before and after the effect are when a kill hurts.
    time.sleep(random.random() * 0.004)
    requests.post(url(context, '/act'), timeout=5, json={
        'key': context['idempotency_key'], 'token': payload['token']}).raise_for_status()
    time.sleep(random.random() * 0.004)
    return {'success': 'true'}


def has_acted(context):
    return requests.get(url(context, '/acted'), timeout=5,
                        params={'key': context['idempotency_key']}).json()['acted']
`;

const kAct = `from ._acting import act


class Act:
    def execute(self, log, payload=None, context=None):
        return act(payload, context)
`;

const kActOnce = `from ._acting import act, has_acted


class ActOnce:
    repeatable = True

    def execute(self, log, payload=None, context=None):
        if context['uncertain'] and has_acted(context):
            return {'success': 'true'}
        return act(payload, context)
`;

/** @param {string} folder where it is written */
export function writeActingSolution(folder) {
  mkdirSync(join(folder, 'flows'), {recursive: true});
  mkdirSync(join(folder, 'action_nodes'), {recursive: true});
  const files = {
    'app.py': kApp,
    'solution.yaml': kSettings,
    'flows/main.flow.yaml': kFlow,
    'action_nodes/_acting.py': kHelper,
    'action_nodes/Act.py': kAct,
    'action_nodes/ActOnce.py': kActOnce,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** The outside system: POST /act acts, GET /acted?key= says whether it has. */
export class Acted {
  /** The tokens acted on under each key, in their order. @type {Map<string, string[]>} */
  byKey = new Map();

  /** @param {import('node:http').Server} server */
  constructor(server) {
    this.server = server;
  }

  static async open() {
    const server = createServer();
    const acted = new Acted(server);
    server.on('request', (request, response) => acted.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return acted;
  }

  get url() {
    const {port} = /** @type {import('node:net').AddressInfo} */ (this.server.address());
    return `http://127.0.0.1:${port}`;
  }

  /** How often each token was acted on, and under which keys. */
  byToken() {
    /** @type {Map<string, string[]>} */
    const keys = new Map();
    for (const [key, tokens] of this.byKey) {
      for (const token of tokens) keys.set(token, [...(keys.get(token) ?? []), key]);
    }
    return keys;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  #answer(request, response) {
    const url = new URL(request.url ?? '/', this.url);
    if (request.method === 'GET' && url.pathname === '/acted') {
      const acted = this.byKey.has(url.searchParams.get('key') ?? '');
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({acted}));
      return;
    }
    let text = '';
    request.setEncoding('utf8').on('data', (part) => (text += part));
    // A request that broke off before its end was never acted on.
    request.on('end', () => {
      const {key, token} = JSON.parse(text);
      this.byKey.set(key, [...(this.byKey.get(key) ?? []), token]);
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  }
}
