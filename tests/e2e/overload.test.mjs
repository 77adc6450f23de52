// Goal: more than the server can do makes it refuse, and nothing else: what it acknowledged stays,
// it serves as much as before, and neither a second solution nor anybody else pays for it. Method:
// a solution whose turns cost much, more people than it can answer, who ask again at once,
// and beside them a second solution, an action that takes its time, and somebody who does not read.
// `make bench-overload` has the figures.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {Agent, request} from 'node:http';
import {join} from 'node:path';
import {test} from 'node:test';

import {kRepository, Server, temporaryFolder} from './support/server.mjs';
import {readSlowly} from './support/slow-reader.mjs';
import {within} from './support/until.mjs';

const kCrowdLeast = 600;
// So long each of the crowd would wait if nobody was refused: longer than the server lets anybody.
const kWaitSeconds = 1.5;
const kPeakSeconds = 3;
const kSeconds = 10;
// A turn of the crowd's runs so many nodes, so that a program in JavaScript can ask for too much.
const kNodes = 150;
const kDepth = 4;

/**
 * A copy of a solution of bench/overload under another name, with its flow changed.
 * @param {string} from @param {string} name @param {(flow: string) => string} change
 */
function solution(from, name, change = (flow) => flow) {
  const to = join(temporaryFolder(), name);
  cpSync(join(kRepository, 'bench/overload', from), to, {recursive: true});
  for (const file of ['app.py', 'solution.yaml']) {
    const text = readFileSync(join(to, file), 'utf8');
    writeFileSync(join(to, file), text.replaceAll(/Counting|Slow/g, name));
  }
  const flow = join(to, 'flows/main.flow.yaml');
  writeFileSync(flow, change(readFileSync(flow, 'utf8')));
  return to;
}

/** @param {string} flow */
function costly(flow) {
  const text = 'the quick brown fox jumps over the lazy dog '.repeat(8);
  const nodes = Array.from(
    {length: kNodes},
    (_, i) =>
      `  cost${i}:\n    set: {T: '= if(contains(${'lower(squash('.repeat(kDepth)}''${text}''` +
      `${'))'.repeat(kDepth)}, ''cat''), ${i}, length(trim(''${text}'')))'}\n`,
  );
  return flow.replace('\n  told:', `\n${nodes.join('\n')}\n  told:`);
}

const kSolutions = [
  solution('counting', 'Main', costly),
  solution('counting', 'Other'),
  solution('slow', 'Waiting'),
  solution('counting', 'Talkative', (flow) =>
    flow.replace('n={N};', `n={N}; ${'word '.repeat(700)}`),
  ),
];

/** Someone with a connection of their own, who counts what was acknowledged. */
class Person {
  acknowledged = 0;
  /** @type {string[]} */ wrong = [];
  #sent = 0;
  #agent = new Agent({keepAlive: true, maxSockets: 1});

  /** @param {string} baseUrl @param {string} app_id @param {string} sender */
  constructor(baseUrl, app_id, sender) {
    this.url = `${baseUrl}/webhooks/rest/webhook`;
    this.body = {app_id, sender, message: 'word'};
  }

  /** @returns {Promise<{status: number, retryAfter: string | undefined, text: string}>} */
  async say() {
    const asked = request(this.url, {
      method: 'POST',
      agent: this.#agent,
      headers: {'Content-Type': 'application/json'},
    });
    asked.end(JSON.stringify({...this.body, message_id: String(++this.#sent)}));
    const [response] = await once(asked, 'response');
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    const answer = {status: response.statusCode, retryAfter: response.headers['retry-after'], text};
    if (answer.status === 200 && !text.includes(`n=${++this.acknowledged};`)) this.wrong.push(text);
    if (answer.status !== 200 && !(Number(answer.retryAfter) >= 1))
      this.wrong.push(`no Retry-After: ${text}`);
    return answer;
  }

  close() {
    this.#agent.destroy();
  }
}

/**
 * All of them ask again as soon as they are answered.
 * @param {Person[]} people @param {number} seconds
 */
async function talk(people, seconds) {
  const until = performance.now() + seconds * 1000;
  /** @type {Record<number, number>} */
  const answers = {};
  await Promise.all(
    people.map(async (person) => {
      while (performance.now() < until) {
        const {status} = await within('an answer', person.say(), 60_000);
        answers[status] = (answers[status] ?? 0) + 1;
      }
    }),
  );
  return answers;
}

const server = await Server.start({
  data: temporaryFolder(),
  solutions: kSolutions,
  more: ['--threads', '1', '--metrics', '127.0.0.1:0'],
});
const ready = /** @type {import('./support/server.mjs').Ready & {metrics_url: string,
  solutions: {name: string, app_id: string}[]}} */ (server.ready);
/** @param {string} name */
const appOf = (name) => ready.solutions.find((one) => one.name === name)?.app_id ?? '';
/** @param {number} count @param {string} name */
const people = (count, name) =>
  Array.from({length: count}, () => new Person(ready.base_url, appOf(name), `person ${++known}`));
let known = 0;

test('somebody who does not read is told to try again later', {timeout: 120_000}, async () => {
  assert.equal(await readSlowly({...ready, app_id: appOf('Talkative')}), 1013);
});

test(
  'more than can be done is refused, and nobody else pays for it',
  {timeout: 300_000},
  async (t) => {
    const few = people(32, 'Main');
    const peak = (await talk(few, kPeakSeconds))[200] / kPeakSeconds;

    const crowd = people(Math.max(kCrowdLeast, Math.ceil(peak * kWaitSeconds)), 'Main');
    const others = people(4, 'Other');
    const waiting = people(8, 'Waiting');
    /** @type {number[]} */
    const waitsMs = [];
    const until = performance.now() + kSeconds * 1000;
    const [answers, , slow] = await Promise.all([
      talk(crowd, kSeconds),
      Promise.all(
        others.map(async (person) => {
          while (performance.now() < until) {
            const asked = performance.now();
            const {status, text} = await within('an answer to others', person.say(), 60_000);
            assert.equal(status, 200, text);
            waitsMs.push(performance.now() - asked);
            await new Promise((woken) => setTimeout(woken, 100));
          }
        }),
      ),
      Promise.all(waiting.map((person) => within('a slow action', person.say(), 60_000))),
    ]);
    waitsMs.sort((a, b) => a - b);
    const p99 = waitsMs[Math.floor(waitsMs.length * 0.99)] ?? NaN;
    t.diagnostic(
      `peak ${peak.toFixed(0)}/s; under the load ${JSON.stringify(answers)} in ${kSeconds} s; ` +
        `${waitsMs.length} messages of others, p99 ${p99.toFixed(0)} ms`,
    );

    // Each says once more, however often it takes: what was acknowledged last is counted too.
    for (const person of [...crowd, ...few]) while ((await person.say()).status !== 200);
    assert.deepEqual(
      [...crowd, ...few, ...others].flatMap(({wrong}) => wrong),
      [],
    );

    assert.deepEqual(
      Object.keys(answers).filter((status) => !['200', '429', '503'].includes(status)),
      [],
    );
    assert.ok((answers[503] ?? 0) + (answers[429] ?? 0) > 0, 'nobody was refused');
    assert.ok(
      answers[200] / kSeconds > peak / 2,
      `${answers[200]} served in ${kSeconds} s; at the peak ${peak} a second`,
    );
    assert.ok(waitsMs.length > kSeconds, `others were served ${waitsMs.length} times`);
    for (const {status, text} of slow) assert.ok(status === 200 && text.includes('n=slow;'), text);
    const metrics = await (await fetch(ready.metrics_url)).text();
    assert.match(metrics, /turns_refused_total\{[^}]*priority="consumer"[^}]*\} [1-9]/);
    const told = server
      .stderr()
      .split('\n')
      .filter((line) => line.includes('than can be done'));
    assert.equal(told.length, 1, 'one line a minute');
    for (const person of [...crowd, ...few, ...others, ...waiting]) person.close();
    await server.stop();
  },
);
