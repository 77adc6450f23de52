// The real binary as a child process, on free ports and a data folder of its own.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

import {within} from './until.mjs';

/**
 * @typedef {{
 *   base_url: string, app_id: string, pype_id: string, stream_id: string, chat_url: string,
 *   braze_sandbox_url: string, braze_api_key: string, solutions: {name: string, app_id: string}[],
 * }} Ready
 * @typedef {{code: number, stdout: string, stderr: string}} Outcome
 */

export const kRepository = fileURLToPath(new URL('../../../', import.meta.url));
export const kBinary = resolve(kRepository, process.env.MILLRACE_BIN ?? 'build/release/millrace');
export const kSolution = join(kRepository, 'examples/braze-profile');

const kStartPatienceMs = 60_000;
const kStopPatienceMs = 30_000;
const kStderrMax = 64 * 1024;

/** A folder for this process alone; it goes when the process does. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-e2e-'));
  process.on('exit', () => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

/**
 * Starts a command of the binary that says `ready {json}` and goes on. Nothing outlives its suite, and
 * no suite waits for what it has forgotten: a test that fails may not come to its stop().
 * @param {string[]} options
 * @param {Record<string, string>} [env] beside the environment of this process
 * @param {number} [stderrMax] characters of its log that are kept, the last ones
 */
export async function startServing(options, env = {}, stderrMax = kStderrMax) {
  const child = spawn(kBinary, options,
    {cwd: kRepository, stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...env}});
  const killed = () => child.kill('SIGKILL');
  process.on('exit', killed);
  child.on('exit', () => process.off('exit', killed));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-stderrMax);
  });
  const line = new Promise((found, failed) => {
    child.on('error', failed);
    child.on('exit', (code, signal) => failed(new Error(`ended (${code ?? signal}): ${stderr}`)));
    createInterface(child.stdout).on('line', (text) => text.startsWith('ready ') && found(text));
  });
  try {
    const said = String(await within('the ready line', line, kStartPatienceMs));
    child.unref();
    for (const stream of [child.stdout, child.stderr]) {
      /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (stream)).unref();
    }
    return {child, ready: JSON.parse(said.slice('ready '.length)), stderr: () => stderr};
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

export class Server {
  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {Ready} ready
   * @param {() => string} stderr
   */
  constructor(child, ready, stderr) {
    this.child = child;
    this.ready = ready;
    this.stderr = stderr;
  }

  /**
   * @param {{data: string, ports?: {server: string, sandbox: string}, logLevel?: string,
   *   solutions?: string[], more?: string[], env?: Record<string, string>}} options `ports` are
   *   those of a former start; no solutions: what was deployed; `more` options of the command line.
   */
  static async start({
    data, ports, logLevel = 'warning', solutions = [kSolution], more = [], env = {},
  }) {
    const {child, ready, stderr} = await startServing([
      'serve', ...solutions.flatMap((folder) => ['--solution', folder]), '--data', data,
      '--listen', `127.0.0.1:${ports?.server ?? 0}`,
      '--braze-sandbox', `127.0.0.1:${ports?.sandbox ?? 0}`,
      '--log-level', logLevel, ...more,
    ], env);
    return new Server(child, /** @type {Ready} */ (ready), stderr);
  }

  get ports() {
    const portOf = (/** @type {string} */ url) => new URL(url).port;
    return {
      server: portOf(this.ready.base_url),
      sandbox: portOf(this.ready.braze_sandbox_url),
    };
  }

  /** Asks it to stop, and holds it to its promise. */
  async stop() {
    assert.equal(await this.#ended('SIGTERM'), 0, `exit code after SIGTERM; log: ${this.stderr()}`);
  }

  async kill() {
    await this.#ended('SIGKILL');
  }

  /** @param {NodeJS.Signals} signal */
  async #ended(signal) {
    const {child} = this;
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill(signal);
      try {
        await within(`the end after ${signal}`, exit, kStopPatienceMs);
      } catch (error) {
        child.kill('SIGKILL');
        throw error;
      }
    }
    return child.exitCode;
  }
}

/**
 * Runs one command of the binary to its end.
 * @param {string[]} options
 * @param {string} [program]
 * @param {Record<string, string>} [env] beside the environment of this process
 * @param {string} [input] what it reads; none: nothing
 * @returns {Promise<Outcome>}
 */
export async function run(options, program = kBinary, env = {}, input = '') {
  const child = spawn(program, options, {
    cwd: kRepository, stdio: ['pipe', 'pipe', 'pipe'], env: {...process.env, ...env},
  });
  child.stdin.on('error', () => {}).end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  try {
    const [code] = await within(`${program} ${options[0]}`, once(child, 'close'), 60_000);
    return {code, stdout, stderr};
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Keeps a secret, and gives the exit code.
 * @param {string} value
 * @param {string[]} options its name, and where
 */
export async function setSecret(value, ...options) {
  return (await run(['secret', 'set', ...options], kBinary, {}, value)).code;
}
