// Clients of the operator's API: one with a session, as a page has it, and one with a key. Each
// answer is held to the document that the server gives of itself.

import assert from 'node:assert/strict';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Ajv2020} from 'ajv/dist/2020.js';

import {post} from './rest.mjs';
import {kRepository, run, temporaryFolder} from './server.mjs';

export const kPassword = 'a sentence to remember';

/**
 * @typedef {{status: number, headers: Headers, text: string, body: any}} Answered
 * @typedef {{id: string, method: string, path: string, who: any, operation: any}} Operation
 */

/** The server's document, and whether answers are as it says. */
export class Api {
  /** @param {string} url of the API, with /api/v1 @param {any} document */
  constructor(url, document) {
    this.url = url;
    this.origin = new URL(url).origin;
    this.document = document;
    this.called = new Set();
    const ajv = new Ajv2020({strict: false, allErrors: true});
    ajv.addSchema(document, 'api');
    /** @param {string} pointer */
    this.validator = (pointer) =>
      ajv.getSchema(`api#${pointer}`) ?? ajv.compile({$ref: `api#${pointer}`});
  }

  /** @param {string} url */
  static async of(url) {
    return new Api(url, await (await fetch(`${url}/openapi.json`)).json());
  }

  /** @returns {Operation[]} */
  get operations() {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(/** @type {any} */ (methods)).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        who: operation['x-who'],
        operation,
      })),
    );
  }

  /** @param {string} id */
  operation(id) {
    const found = this.operations.find((each) => each.id === id);
    assert.ok(found, `there is no operation ${id}`);
    return found;
  }

  /** @param {Operation} operation @param {Answered} answered */
  hold(operation, answered) {
    const {status, text, headers, body} = answered;
    this.called.add(`${operation.id} ${status}`);
    const responses = operation.operation.responses;
    const key = responses[status] ? String(status) : 'default';
    if (key === 'default')
      assert.ok(status >= 400, `${operation.id}: ${status} is not in the document`);
    const escaped = operation.path.replaceAll('~', '~0').replaceAll('/', '~1');
    const method = operation.method.toLowerCase();
    const at = `/paths/${encodeURIComponent(escaped)}/${method}/responses/${key}`;
    const response =
      key === 'default' ? this.document.components.responses.Refusal : responses[key];
    const base = key === 'default' ? '/components/responses/Refusal' : at;
    const type = (headers.get('content-type') ?? '').split(';')[0];
    if (!response.content) {
      assert.equal(text, '', `${operation.id}: no body is in the document`);
      return;
    }
    assert.ok(response.content[type], `${operation.id}: ${type} is not in the document`);
    const valid = this.validator(`${base}/content/${type.replaceAll('/', '~1')}/schema`);
    const all =
      type === 'application/x-ndjson'
        ? text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [body];
    for (const each of all) {
      assert.ok(
        valid(each),
        `${operation.id} ${status}: ${JSON.stringify(valid.errors)} in ${JSON.stringify(each)}`,
      );
    }
  }
}

/** Asks by the operation's name; `values` stand in the path. */
export class Client {
  /** @param {Api} api @param {Record<string, string>} headers */
  constructor(api, headers) {
    this.api = api;
    this.headers = headers;
  }

  /** @param {Api} api @param {string} secret */
  static withKey(api, secret) {
    return new Client(api, {Authorization: `Bearer ${secret}`});
  }

  /** @param {Api} api @param {string} cookie "name=value" */
  static withCookie(api, cookie) {
    return new Client(api, {Cookie: cookie, Origin: api.origin, 'X-Millrace': '1'});
  }

  /**
   * @param {string} id
   * @param {{values?: Record<string, string>, query?: Record<string, string>, body?: any,
   *   headers?: Record<string, string>, raw?: string}} [with_]
   * @returns {Promise<Answered>}
   */
  async ask(id, {values = {}, query = {}, body, headers = {}, raw} = {}) {
    const operation = this.api.operation(id);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
      name === 'path' ? values[name] : encodeURIComponent(values[name] ?? 'none'),
    );
    const search = new URLSearchParams(query).toString();
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.api.url}${path}${search ? `?${search}` : ''}`, {
      method: operation.method,
      redirect: 'manual',
      body: sent,
      headers: {
        ...this.headers,
        ...(sent === undefined ? {} : {'Content-Type': 'application/json'}),
        ...headers,
      },
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    const answered = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
    this.api.hold(operation, answered);
    return answered;
  }

  /** As ask, and it has to go well. @param {string} id @param {any} [with_] */
  async get(id, with_) {
    const answered = await this.ask(id, with_);
    assert.ok(answered.status < 400, `${id}: ${answered.status} ${answered.text}`);
    return answered.body;
  }

  /** All items of a list, page by page. @param {string} id @param {any} [with_] */
  async all(id, with_ = {}) {
    const items = [];
    for (let cursor; cursor !== null;) {
      const page = await this.get(id, {
        ...with_,
        query: {...with_.query, ...(cursor ? {cursor} : {})},
      });
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }
}

/** "name=value" of the session that an answer sets. @param {Answered} answered */
export function cookieOf(answered) {
  const set = answered.headers.getSetCookie().find((each) => /^(__Host-)?millrace=/.test(each));
  assert.ok(set, 'no session was set');
  return set.split(';')[0];
}

/** Signs the first owner in by the link of the ready line. @param {Api} api @param {string} link */
export async function firstOwner(api, link, name = 'anna') {
  const nobody = new Client(api, {Origin: api.origin, 'X-Millrace': '1'});
  const token = new URL(link).hash.slice(1);
  const answered = await nobody.ask('useLink', {body: {token, name, password: kPassword}});
  assert.equal(answered.status, 200, answered.text);
  return Client.withCookie(api, cookieOf(answered));
}

/**
 * A key made by the command line.
 * @param {Api} api @param {string} data @param {string[]} grants
 */
export async function keyWith(api, data, ...grants) {
  const made = await run([
    'key',
    'make',
    'test',
    '--data',
    data,
    ...grants.flatMap((each) => ['--grant', each]),
  ]);
  assert.equal(made.code, 0, made.stderr);
  return Client.withKey(api, made.stdout.trim());
}

/** examples/signup under another name, in a folder of its own. @param {string} name */
export function signupAs(name) {
  const folder = join(temporaryFolder(), name);
  cpSync(join(kRepository, 'examples/signup'), folder, {recursive: true});
  for (const file of ['app.py', 'solution.yaml']) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8').replaceAll(
      /^(NAME = ['"]|name: )[\w-]+/gm,
      `$1${name}`,
    );
    writeFileSync(path, text);
  }
  return folder;
}

/**
 * Says these things to a solution, one after the other; gives what the bot said last.
 * @param {any} ready @param {string} solution @param {string} sender @param {string[]} words
 */
export async function talk(ready, solution, sender, words) {
  const {app_id: app} = ready.solutions.find((/** @type {any} */ each) => each.name === solution);
  let said;
  for (const message of words) {
    const answer = await post(ready.base_url, {sender, message, app_id: app});
    said = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(said));
  }
  return said;
}
