// The Braze sandbox with very many profiles: how fast they come in, how soon it is up again after a
// kill and after an orderly end, how long a look-up, a page and a search take, and how much memory
// all that needs. Prints a line each; exits 1 when a profile is missing or wrong.
//   node bench/profiles.mjs [build/release/millrace] [PROFILES]

import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {Agent, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const [binary = 'build/release/millrace', count = '1000000'] = process.argv.slice(2);
const kProfiles = Number(count);
const kTogether = 32;
const kLooks = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'millrace-profiles-'));
const agent = new Agent({keepAlive: true, maxSockets: kTogether});

/** A sandbox over the folder, and how long it took to be up. */
async function start() {
  const began = performance.now();
  const child = spawn(binary, ['braze-sandbox', '--data', join(folder, 'data'), '--listen',
    '127.0.0.1:0', '--key', 'K', '--unlimited', '--log-level', 'warning'],
  {stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of createInterface({input: child.stdout})) {
    if (!line.startsWith('ready ')) continue;
    const url = JSON.parse(line.slice('ready '.length)).braze_sandbox_url;
    const sandbox = {child, url, gone: new Promise((resolve) => child.once('exit', resolve))};
    await lookUp(sandbox, 0);  // what was left to be read back is read now
    return {...sandbox, took: performance.now() - began};
  }
  throw new Error('the sandbox did not start');
}

/** @typedef {{child: import('node:child_process').ChildProcess, url: string, gone: Promise<unknown>}} Sandbox */

/** @returns {Promise<any>} */
function ask(/** @type {Sandbox} */ sandbox, /** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) {
  return new Promise((resolve, reject) => {
    const asked = request(sandbox.url + path, {method, agent, headers: {
      'Content-Type': 'application/json', Authorization: 'Bearer K',
    }}, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => text += part).on('end', () => {
        if ((answer.statusCode ?? 0) < 300) return resolve(JSON.parse(text));
        reject(new Error(`${path}: ${answer.statusCode} ${text}`));
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Runs tasks until there are no more, so many at once. */
async function each(/** @type {number} */ tasks, /** @type {(i: number) => Promise<void>} */ run) {
  let next = 0;
  await Promise.all(Array.from({length: kTogether}, async () => {
    while (next < tasks) await run(next++);
  }));
}

const attributesOf = (/** @type {number} */ n) => ({
  external_id: `person-${n}`, first_name: 'Ana', last_name: `Silva ${n}`,
  email: `person-${n}@example.com`, home_city: 'Porto', plan: 'gold', visits: n,
});

async function lookUp(/** @type {Sandbox} */ sandbox, /** @type {number} */ n) {
  const found = await ask(sandbox, 'POST', '/users/export/ids', {external_ids: [`person-${n}`]});
  return found.users[0];
}

function memory(/** @type {Sandbox} */ sandbox) {
  const status = readFileSync(`/proc/${sandbox.child.pid}/status`, 'utf8');
  const of = (/** @type {string} */ name) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return `${of('RssAnon')} MiB now, ${of('VmHWM')} MiB at most with pages of files`;
}

const seconds = (/** @type {number} */ since) => ((performance.now() - since) / 1000).toFixed(2);

/** Prints the middle and the slowest hundredth of what each look took. */
async function time(/** @type {string} */ what, /** @type {number} */ times, /** @type {() => Promise<void>} */ look) {
  const took = [];
  for (let i = 0; i < times; ++i) {
    const began = performance.now();
    await look();
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => took[Math.floor(share * (took.length - 1))].toFixed(2);
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

const someone = () => Math.floor(Math.random() * kProfiles);
const check = async (/** @type {Sandbox} */ sandbox) => {
  const n = someone();
  const user = await lookUp(sandbox, n);
  if (user?.custom_attributes.visits !== n) throw new Error(`person-${n} is not as it was put`);
};

try {
  let sandbox = await start();
  console.log(`empty: up in ${(sandbox.took).toFixed(0)} ms, ${memory(sandbox)}`);
  let began = performance.now();
  await each(Math.ceil(kProfiles / 75), async (i) => {
    const attributes = [];
    for (let n = 75 * i; n < Math.min(kProfiles, 75 * (i + 1)); ++n) attributes.push(attributesOf(n));
    await ask(sandbox, 'POST', '/users/track', {attributes});
    if (i % 2_000 === 1_999) console.error(`  ${75 * (i + 1)} of ${kProfiles}`);
  });
  console.log(`${kProfiles} profiles made in ${seconds(began)} s, ` +
    `${Math.round(kProfiles / Number(seconds(began)))} a second; ${memory(sandbox)}`);

  sandbox.child.kill('SIGKILL');
  await sandbox.gone;
  sandbox = await start();
  console.log(`killed: up again in ${sandbox.took.toFixed(0)} ms`);
  await time('a profile by its id', kLooks, () => check(sandbox));
  await time('a page of the inspector', 50, async () => {
    await ask(sandbox, 'GET', '/_sandbox/profiles?limit=50', undefined);
  });
  await time('an exact search', 50, async () => {
    const n = someone();
    const found = await ask(sandbox, 'GET', `/_sandbox/profiles?search=person-${n}%40example.com`, undefined);
    if (found.profiles.length !== 1) throw new Error(`person-${n} is not found by e-mail`);
  });
  await time('a search that finds nobody', 3, async () => {
    await ask(sandbox, 'GET', '/_sandbox/profiles?search=nobody-has-this', undefined);
  });
  const kChanges = 2_000;
  began = performance.now();
  await each(kChanges, async () => {
    const events = Array.from({length: 75}, () => ({
      external_id: `person-${someone()}`, name: 'seen', time: '2026-01-02T03:04:05Z',
    }));
    await ask(sandbox, 'POST', '/users/track', {events});
  });
  console.log(`75 events of random profiles a request: ` +
    `${Math.round(kChanges * 75 / Number(seconds(began)))} objects a second; ${memory(sandbox)}`);

  began = performance.now();
  sandbox.child.kill('SIGTERM');
  await sandbox.gone;
  const ended = seconds(began);
  sandbox = await start();
  console.log(`ended in ${ended} s, up again in ${sandbox.took.toFixed(0)} ms; ${memory(sandbox)}`);
  await each(kLooks, () => check(sandbox));
  sandbox.child.kill('SIGTERM');
  await sandbox.gone;
} finally {
  agent.destroy();
  rmSync(folder, {recursive: true, force: true});
}
