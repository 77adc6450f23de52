// The real nginx with the sample of the documents, on a free port and in a folder of its own.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';

import {kRepository, temporaryFolder} from './server.mjs';
import {until, within} from './until.mjs';

export const kSample = join(kRepository, 'docs/samples/operating/nginx.conf');

/** A port that was free a moment ago: nginx cannot say which one it took. */
export async function freePort() {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const {port} = /** @type {import('node:net').AddressInfo} */ (taken.address());
  taken.close();
  await once(taken, 'close');
  return port;
}

/**
 * The sample with this test's ports, names and files in place of its own.
 * @param {string} folder
 * @param {number} port
 * @param {string} target host and port of the server
 * @param {string} name the server's name in the sample that is asked for as 127.0.0.1
 * @param {import('./certificates.mjs').Pair} pair
 */
function configuration(folder, port, target, name, pair) {
  const sample = readFileSync(kSample, 'utf8');
  /** @type {[RegExp, string][]} */
  const changes = [
    [/^\s*listen (80|\[::\]:\d+)\b.*;$/gm, ''],
    [/listen 443 /g, `listen 127.0.0.1:${port} `],
    [new RegExp(`server_name ${name.replaceAll('.', '\\.')};`, 'g'), 'server_name 127.0.0.1;'],
    [/server 127\.0\.0\.1:8090;/, `server ${target};`],
    [/(ssl_certificate +)\S+;/g, `$1${pair.certificate};`],
    [/(ssl_certificate_key +)\S+;/g, `$1${pair.key};`],
    [/\/var\/log\/nginx\/millrace\.log/g, join(folder, 'access.log')],
    // Without a port of its own the server that leads to https would take 80.
    [/server \{\s*access_log off;\s*server_name chat\.example\.com example\.com;[^}]*\}/, ''],
    [/\/var\/log\/nginx\/millrace-error\.log/g, join(folder, 'requests-error.log')],
  ];
  let text = sample;
  for (const [from, to] of changes) {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `the sample has nothing like ${from}`);
    text = changed;
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join('\n');
  return `daemon off;\nworker_processes 1;\npid ${join(folder, 'pid')};\n` +
    `error_log ${join(folder, 'error.log')};\nevents {}\nhttp {\n${temporary}\n${text}\n}\n`;
}

export class Nginx {
  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} folder
   * @param {string} origin
   */
  constructor(child, folder, origin) {
    this.child = child;
    this.folder = folder;
    this.origin = origin;
  }

  /**
   * @param {{port: number, target: string, name: string,
   *   pair: import('./certificates.mjs').Pair}} options
   */
  static async start({port, target, name, pair}) {
    const folder = temporaryFolder();
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, port, new URL(target).host, name, pair));
    const log = join(folder, 'error.log');
    const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', file, '-e', log],
      {stdio: ['ignore', 'ignore', 'pipe']});
    process.on('exit', () => child.kill('SIGTERM'));
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
    await until('nginx', () => {
      assert.equal(child.exitCode, null, `nginx has ended: ${complaint}`);
      return readIfThere(join(folder, 'pid')) !== '';
    });
    return new Nginx(child, folder, `https://127.0.0.1:${port}`);
  }

  log() {
    return readIfThere(join(this.folder, 'access.log'));
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await within('the end of nginx', ended);
  }
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
