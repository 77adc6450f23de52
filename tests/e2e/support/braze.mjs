// The Braze sandbox alone, as a child process, and ways to talk to it as plain HTTP clients do.

import {once} from 'node:events';

import {startServing} from './server.mjs';
import {within} from './until.mjs';

/**
 * @typedef {{status: number, headers: Headers, text: string, body: any, codes: string[],
 *   diagnostics: {code: string, message: string}[]}} Answer
 * @typedef {{method?: string, path: string, body?: unknown, authorization?: string,
 *   headers?: Record<string, string>}} Ask `body`: a text is sent as it is.
 */

export const kKey = 'K-everything';
export const kExportKey = 'K-export';
export const kThirdKey = 'K-third';

/** What stands in the dashboard in these tests. */
export const kWorkspace = {
  campaigns: {'campaign-1': {name: 'Welcome', tags: ['hello']}},
  canvases: {
    'canvas-1': {name: 'Onboarding'},
    'canvas-paused': {name: 'Paused', enabled: false},
    'canvas-archived': {name: 'Old', archived: true},
  },
  segments: {
    'segment-all': {name: 'Everybody'},
    'segment-gold': {name: 'Gold', filter: {custom_attribute: 'plan', equals: 'gold'}},
  },
  subscription_groups: {'group-1': {name: 'News', channel: 'email'}, 'group-2': {name: 'Texts', channel: 'sms'}},
};

export class Sandbox {
  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} url
   * @param {() => string} log
   */
  constructor(child, url, log) {
    this.child = child;
    this.url = url;
    this.log = log;
  }

  /** @param {{data: string, port?: string, more?: string[], logLevel?: string}} options */
  static async start({data, port = '0', more = [], logLevel = 'debug'}) {
    const {child, ready, stderr} = await startServing([
      'braze-sandbox', '--data', data, '--listen', `127.0.0.1:${port}`, '--log-level', logLevel,
      '--key', kKey, '--key', `${kExportKey}=users.export.ids`, '--key', kThirdKey, ...more,
    ], {}, Infinity);
    return new Sandbox(child, ready.braze_sandbox_url, stderr);
  }

  get port() {
    return new URL(this.url).port;
  }

  /** @param {NodeJS.Signals} signal */
  async end(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await within(`the end after ${signal}`, exit);
    return this.child.exitCode;
  }

  /** @param {Ask} ask @returns {Promise<Answer>} */
  async ask({method = 'POST', path, body, authorization = `Bearer ${kKey}`, headers = {}}) {
    const sends = body !== undefined;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(sends ? {'Content-Type': 'application/json'} : {}),
        ...(authorization ? {Authorization: authorization} : {}),
        ...headers,
      },
      body: sends ? (typeof body === 'string' ? body : JSON.stringify(body)) : undefined,
    });
    const text = await response.text();
    let parsed;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    const diagnostics = JSON.parse(response.headers.get('X-Sandbox-Diagnostics') ?? '[]');
    return {
      status: response.status, headers: response.headers, text, body: parsed, diagnostics,
      codes: diagnostics.map((/** @type {{code: string}} */ item) => item.code),
    };
  }

  /** @param {unknown} body */
  track(body) {
    return this.ask({path: '/users/track', body});
  }

  /** The profile with that external_id; undefined when there is none. @param {string} id */
  async profile(id) {
    const {body} = await this.ask({path: '/users/export/ids', body: {external_ids: [id]}});
    return body.users[0];
  }

  /** @param {Record<string, unknown>} identifiers */
  async profiles(identifiers) {
    const {body} = await this.ask({path: '/users/export/ids', body: identifiers});
    return body.users;
  }
}
