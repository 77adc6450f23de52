// Five times what one CPU can serve, for two minutes, beside a slow action, slow readers of sockets
// and a second solution: the server on CPU 0, everything else on CPU 1. Prints Markdown tables, and
// exits 1 when an acknowledged message was lost or counted twice.
//   node bench/overload.mjs [build/release/millrace] [build/release/overload_load]
//   SECONDS=120  PEOPLE=6000  TIMES=5  RATE=50 (messages a second of the second solution)

import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

import {readSlowly} from '../tests/e2e/support/slow-reader.mjs';

const [binary = 'build/release/millrace', loader = 'build/release/overload_load'] =
  process.argv.slice(2);
const kSeconds = Number(process.env.SECONDS ?? 120);
const kPeople = Number(process.env.PEOPLE ?? 6000);
const kTimes = Number(process.env.TIMES ?? 5);
const kRate = Number(process.env.RATE ?? 50);
const kSlowPeople = 100;
const kSlowReaders = 5;

const here = fileURLToPath(new URL('overload/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-overload-'));
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));

/** A copy of a solution under another name. @param {string} from @param {string} name */
function solution(from, name) {
  const to = join(folder, name);
  cpSync(join(here, from), to, {recursive: true});
  for (const file of ['app.py', 'solution.yaml']) {
    const text = readFileSync(join(to, file), 'utf8');
    writeFileSync(join(to, file), text.replaceAll(/Counting|Slow/g, name));
  }
  return to;
}

const talkative = solution('counting', 'Talkative');
const flow = join(talkative, 'flows/main.flow.yaml');
writeFileSync(flow, readFileSync(flow, 'utf8').replace('n={N};', `n={N}; ${'word '.repeat(700)}`));
const solutions = [
  solution('counting', 'Main'),
  solution('counting', 'Other'),
  solution('slow', 'Slow'),
  talkative,
];
mkdirSync(join(folder, 'data'), {mode: 0o700});

execFileSync('taskset', ['-cp', '1', String(process.pid)], {stdio: 'ignore'});
const server = spawn(
  'taskset',
  [
    '-c',
    '0',
    binary,
    'serve',
    ...solutions.flatMap((path) => ['--solution', path]),
    '--data',
    join(folder, 'data'),
    '--listen',
    '127.0.0.1:0',
    '--metrics',
    '127.0.0.1:0',
    '--log-level',
    'error',
    '--limit',
    'consumer-messages=off',
    '--limit',
    'address-bytes=off',
    '--limit',
    'consumer-bytes=off',
  ],
  {stdio: ['ignore', 'pipe', 'inherit']},
);
process.on('exit', () => server.kill('SIGKILL'));
const line = await new Promise((found) => {
  createInterface(server.stdout).on('line', (text) => text.startsWith('ready ') && found(text));
});
const ready = JSON.parse(line.slice('ready '.length));
const port = Number(new URL(ready.base_url).port);
/** @param {string} name */
const appOf = (name) => ready.solutions.find((/** @type {any} */ one) => one.name === name).app_id;

/** @param {string} name @param {string} app @param {string[]} more @returns {Promise<any>} */
async function load(name, app, ...more) {
  const child = spawn(
    loader,
    ['--port', String(port), '--app', appOf(app), '--name', name, ...more],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
  await once(child, 'close');
  return JSON.parse(text);
}

/** @param {'VmRSS' | 'VmHWM'} what */
function memoryMb(what) {
  return (
    Number(
      new RegExp(`${what}:\\s+(\\d+)`).exec(
        readFileSync(`/proc/${server.pid}/status`, 'utf8'),
      )?.[1],
    ) / 1024
  );
}
/** Processor time of the server's own process, in seconds. */
function cpuSeconds() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
/**
 * What is done meanwhile, with the processor time that the server took for it.
 * @template T @param {Promise<T>} work @returns {Promise<[T, number]>}
 */
async function timed(work) {
  const before = cpuSeconds();
  const done = await work;
  return [done, cpuSeconds() - before];
}
const perSecond = (/** @type {any} */ tally) => (tally.answers[200] ?? 0) / tally.seconds;
const busyAtStart = loadavg()[0];
/** @type {any[]} */
const kept = [];

const quiet = await load(
  'quiet',
  'Other',
  '--people',
  '25',
  '--rate',
  String(kRate),
  '--seconds',
  '10',
);
let peak = 0;
let peakPeople = 0;
let atPeak = {};
let perCpuAtPeak = 0;
for (const people of [64, 256, 1024]) {
  const [tally, cpu] = await timed(
    load(`peak${people}-`, 'Main', '--people', String(people), '--seconds', '8'),
  );
  if (perSecond(tally) > peak) [peak, peakPeople, atPeak] = [perSecond(tally), people, tally];
  perCpuAtPeak = Math.max(perCpuAtPeak, tally.answers[200] / cpu);
}
// The same at the fixed moments of as many people as there will be: more of them cost more each.
let peakOfAll = 0;
let perCpuOfAll = 0;
for (const part of [0.4, 0.6, 0.8, 1]) {
  const [tally, cpu] = await timed(
    load(
      `all${part}-`,
      'Main',
      '--people',
      String(kPeople),
      '--rate',
      String(peak * part),
      '--seconds',
      '8',
    ),
  );
  peakOfAll = Math.max(peakOfAll, perSecond(tally));
  perCpuOfAll = Math.max(perCpuOfAll, tally.answers[200] / cpu);
  kept.push(tally);
}
const memoryBefore = memoryMb('VmRSS');

const slowReaders = Array.from({length: kSlowReaders}, () =>
  readSlowly({...ready, app_id: appOf('Talkative')}),
);
const [[main, other, slow, ...closes], cpu] = await timed(
  Promise.all([
    load(
      'main',
      'Main',
      '--people',
      String(kPeople),
      '--rate',
      String(peak * kTimes),
      '--seconds',
      String(kSeconds),
    ),
    load(
      'other',
      'Other',
      '--people',
      '25',
      '--rate',
      String(kRate),
      '--seconds',
      String(kSeconds),
    ),
    load(
      'slow',
      'Slow',
      '--people',
      String(kSlowPeople),
      '--seconds',
      String(kSeconds),
      '--uncounted',
    ),
    ...slowReaders,
  ]),
);
const perCpu = (main.answers[200] + other.answers[200]) / cpu;
const memoryMost = memoryMb('VmHWM');
const afterwards = await load('after', 'Main', '--people', String(peakPeople), '--seconds', '8');

const refused = (/** @type {any} */ tally) =>
  Object.entries(tally.answers)
    .filter(([code]) => code !== '200')
    .map(([code, count]) => `${code}: ${count}`)
    .join(', ') || 'none';
const row = (/** @type {any[]} */ ...cells) => console.log(`| ${cells.join(' | ')} |`);
console.log(
  `load of the machine before and after: ${busyAtStart.toFixed(1)}, ${loadavg()[0].toFixed(1)}\n`,
);
row(
  'the loaded solution',
  `at its peak, ${peakPeople} people`,
  `${kTimes} times that, ${kPeople} people, ${kSeconds} s`,
);
row('---', '---', '---');
row('due a second', 'as fast as answered', Math.round(main.due / main.seconds));
row(
  'sent a second (the others are behind: their last is not answered)',
  Math.round(atPeak.sent / atPeak.seconds),
  Math.round(main.sent / main.seconds),
);
row(
  'served a second',
  Math.round(peak),
  `${Math.round(perSecond(main))} (${Math.round((100 * perSecond(main)) / peak)}%)`,
);
row(
  `the most of ${kPeople} people that is served, whatever the rate`,
  '',
  `${Math.round(peakOfAll)}, for a CPU-second ${Math.round(perCpuOfAll)} ` +
    `(under the load ${Math.round((100 * perSecond(main)) / peakOfAll)}% of it)`,
);
row(
  'served for a CPU-second of the server',
  Math.round(perCpuAtPeak),
  `${Math.round(perCpu)} (${Math.round((100 * perCpu) / perCpuAtPeak)}%)`,
);
row(
  'p50 / p99 of those served, ms',
  `${atPeak.p50_ms} / ${atPeak.p99_ms}`,
  `${main.p50_ms} / ${main.p99_ms}`,
);
row('refused', refused(atPeak), refused(main));
row('p99 of a refusal, ms', '', main.refused_p99_ms);
row('refused without Retry-After', atPeak.without_retry_after, main.without_retry_after);
row(
  'connections cut / messages unanswered',
  `${atPeak.broken} / ${atPeak.unanswered}`,
  `${main.broken} / ${main.unanswered}`,
);
row('acknowledged and lost, or counted twice', atPeak.miscounted, main.miscounted);
row('memory of the server, MB', Math.round(memoryBefore), `at most ${Math.round(memoryMost)}`);
console.log('');
row('beside it', 'quiet', 'under the load');
row('---', '---', '---');
row(
  `second solution, ${kRate} a second: p50 / p99 / most, ms`,
  `${quiet.p50_ms} / ${quiet.p99_ms} / ${quiet.max_ms}`,
  `${other.p50_ms} / ${other.p99_ms} / ${other.max_ms}`,
);
row(
  'its refusals, its miscounted',
  `${refused(quiet)}, ${quiet.miscounted}`,
  `${refused(other)}, ${other.miscounted}`,
);
row(
  `action of 2 s, ${kSlowPeople} people: served, refused, p50 / p99 ms`,
  '',
  `${slow.answers[200] ?? 0}, ${refused(slow)}, ${slow.p50_ms} / ${slow.p99_ms}`,
);
row('slow readers: how their sockets were closed', '', closes.join(', '));
row(`afterwards, ${peakPeople} people: served a second`, '', Math.round(perSecond(afterwards)));

server.kill('SIGTERM');
await once(server, 'exit');
const lost = [quiet, atPeak, main, other, afterwards, ...kept].reduce(
  (sum, {miscounted}) => sum + miscounted,
  0,
);
process.exit(lost === 0 ? 0 : 1);
