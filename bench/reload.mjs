// A solution of 200 action nodes is deployed again and again under 2,000 calls a second: how long a
// deploy takes, and how many calls fail. Prints the figures; exits 1 when a call failed.
//   node bench/reload.mjs [build/release/millrace] [CALLS_PER_SECOND] [SECONDS] [DEPLOYS]

import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {Agent, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const [binary = 'build/release/millrace', rate = '2000', seconds = '15', deploys = '3'] =
  process.argv.slice(2);
const kNodes = 200;
const kTalkers = 64;

const folder = mkdtempSync(join(tmpdir(), 'millrace-reload-'));
const [solution, data] = [join(folder, 'solution'), join(folder, 'data')];

/** @param {number} version */
function write(version) {
  for (const inner of ['flows', 'nlu', 'action_nodes']) {
    mkdirSync(join(solution, inner), {recursive: true});
  }
  writeFileSync(join(solution, 'app.py'), `import os
NAME = 'Reload'
BOTS = []
CSV_BOTS = ['Reload']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
`);
  writeFileSync(join(solution, 'solution.yaml'), 'name: Reload\n');
  const intents = Array.from({length: kNodes - 1}, (_, i) => `  node${i + 2}: [to node ${i + 2}]`);
  writeFileSync(join(solution, 'nlu/en.yaml'), `intents:\n${intents.join('\n')}\n`);
  let flow = `nodes:
  what:
    ask: What?
    variable: WHAT
    nlu: false
`;
  for (let i = 1; i <= kNodes; ++i) {
    writeFileSync(join(solution, `action_nodes/Node${i}.py`), `class Node${i}:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true', 'VERSION': '${version}'}
`);
  }
  // One call a message; the other nodes are there to be loaded.
  flow += `  call:
    do: Node1
    variable: VERSION
    outputs: [success]
    decide: success
    on: {'true': said, error: failed}
  said:
    say: 'version {VERSION}'
    next: what
  failed:
    say: failed
    next: what
`;
  for (let i = 2; i <= kNodes; ++i) {
    flow += `  node${i}:
    do: Node${i}
    intent: node${i}
    outputs: [success]
    decide: success
    on: {'true': what, error: failed}
`;
  }
  writeFileSync(join(solution, 'flows/main.flow.yaml'), flow);
}

const agent = new Agent({keepAlive: true, maxSockets: kTalkers});
/** @param {string} base @param {object} body @returns {Promise<string>} */
function post(base, body) {
  return new Promise((done, failed) => {
    const sending = request(`${base}/webhooks/rest/webhook`, {
      method: 'POST', agent, headers: {'Content-Type': 'application/json'},
    }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => done(`${response.statusCode} ${text}`));
    });
    sending.on('error', failed);
    sending.end(JSON.stringify(body));
  });
}

/** @returns {Promise<number>} seconds */
function deploy() {
  const began = performance.now();
  return new Promise((done, failed) => {
    const child = spawn(binary, ['deploy', solution, '--data', data, '--on-live', 'migrate'],
      {stdio: ['ignore', 'ignore', 'inherit']});
    child.on('exit', (code) => code === 0 ? done((performance.now() - began) / 1000)
      : failed(new Error(`deploy ended with ${code}`)));
  });
}

write(1);
console.log(`first deploy of ${kNodes} nodes: ${(await deploy()).toFixed(2)} s`);
const server = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--log-level',
  'error'], {stdio: ['ignore', 'pipe', 'inherit']});
const base = JSON.parse(await new Promise((found) => {
  createInterface(server.stdout).on('line', (line) =>
    line.startsWith('ready ') && found(line.slice('ready '.length)));
})).base_url;

let [sent, failures, shed, over] = [0, 0, 0, false];
/** @type {number[]} */
const took = [];
/** @type {Map<string, number>} */
const versions = new Map();
const began = performance.now();
const talkers = Array.from({length: kTalkers}, async (_, i) => {
  await post(base, {sender: `t${i}`, message: 'hi', message_id: 'hi'});
  while (!over) {
    // Each takes the next of the moments that the rate gives; those that nobody was free for are shed.
    const turn = sent++;
    const at = began + 1000 + turn * 1000 / Number(rate);
    const wait = at - performance.now();
    if (wait < -1000) { ++shed; continue; }
    if (wait > 0) await new Promise((soon) => setTimeout(soon, wait));
    const start = performance.now();
    const answer = await post(base, {sender: `t${i}`, message: 'go', message_id: `m${turn}`})
      .catch((error) => String(error));
    took.push(performance.now() - start);
    const version = /version (\d+)/.exec(answer)?.[1];
    if (version === undefined) {
      if (++failures <= 5) console.log(`failed: ${answer.slice(0, 200)}`);
    } else {
      versions.set(version, (versions.get(version) ?? 0) + 1);
    }
  }
});
for (let i = 1; i <= Number(deploys); ++i) {
  await new Promise((soon) => setTimeout(soon, 1000 * Number(seconds) / (Number(deploys) + 1)));
  write(i + 1);
  console.log(`deploy ${i + 1} under traffic: ${(await deploy()).toFixed(2)} s`);
}
await new Promise((soon) => setTimeout(soon, 1000 * Number(seconds) / (Number(deploys) + 1)));
over = true;
await Promise.all(talkers);
const passed = (performance.now() - began) / 1000;
took.sort((a, b) => a - b);
const at = (/** @type {number} */ share) => took[Math.floor(took.length * share)].toFixed(1);
console.log(`${took.length} calls in ${passed.toFixed(1)} s (${Math.round(took.length / passed)}/s), ` +
  `${failures} failed, ${shed} shed by the generator; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
  `by version: ${[...versions].map(([version, count]) => `${version}: ${count}`).join(', ')}`);
agent.destroy();
server.kill('SIGTERM');
await new Promise((ended) => server.on('exit', ended));
rmSync(folder, {recursive: true});
process.exit(failures === 0 ? 0 : 1);
