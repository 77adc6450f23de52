// Events taken in durably, over HTTP, in batches of 1, 20 and 500:
//   taskset -c 1 node bench/events.mjs [SECONDS=5]     (MILLRACE_BIN: another binary)
//
// The server has the first CPU, and no limit on what one address may send. Every event has an id of
// its own; a batch counts when it was answered with 200, which is said when all of it is on the
// disk. Prints a Markdown table.

import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {Agent, request} from 'node:http';

import {writeEcho} from '../tests/e2e/support/echo.mjs';
import {run, Server, temporaryFolder} from '../tests/e2e/support/server.mjs';

const [seconds = '5'] = process.argv.slice(2);
const kConnections = 16;
const kTicksPerSecond = 100;

const kIdDigits = 16;
/** A batch as bytes, and where the ids stand in it. */
function batchOf(size) {
  const events = Array.from({length: size}, () => ({
    type: 'track', event: 'Looked at a room', anonymousId: '3b08ec47-5d2c-4a3e-9a51-1d8f0a6b7c21',
    messageId: '#'.repeat(kIdDigits), timestamp: new Date().toISOString(),
    properties: {room: 'double', price: 129.5, nights: 3, currency: 'EUR'},
    context: {
      page: {url: 'https://hotel.example/rooms/double?utm_source=mail', path: '/rooms/double',
        title: 'A double room', referrer: 'https://search.example/'},
      locale: 'pt-PT', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
      library: {name: 'analytics.js', version: 'npm:next-1.84.3'},
    },
  }));
  const bytes = Buffer.from(
    JSON.stringify({batch: events, sentAt: new Date().toISOString(), writeKey: 'bench_key_1'}),
  );
  const places = [];
  const mark = '#'.repeat(kIdDigits);
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) places.push(at);
  return {bytes, places};
}

let made = 0;
let sent = 0;
function withIds({bytes, places}) {
  const own = Buffer.from(bytes);
  for (const at of places) own.write(String(++made).padStart(kIdDigits, '0'), at, 'latin1');
  return own;
}

function post(agent, url, body) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(`${url}/v1/batch`, {method: 'POST', agent,
      headers: {'Content-Length': body.length}}, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({status: response.statusCode, ms: performance.now() - began}));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const cpuTicks = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

async function measure(url, pid, size) {
  const batch = batchOf(size);
  const agent = new Agent({keepAlive: true, maxSockets: kConnections});
  const times = [];
  let refused = 0;
  const before = cpuTicks(pid);
  const began = performance.now();
  const end = began + Number(seconds) * 1000;
  await Promise.all(Array.from({length: kConnections}, async () => {
    while (performance.now() < end) {
      const {status, ms} = await post(agent, url, withIds(batch));
      if (status === 200) times.push(ms);
      else ++refused;
    }
  }));
  const took = (performance.now() - began) / 1000;
  const cpu = (cpuTicks(pid) - before) / kTicksPerSecond;
  agent.destroy();
  times.sort((a, b) => a - b);
  const events = times.length * size;
  sent += events;
  const at = (share) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`| ${size} | ${batch.bytes.length} | ${Math.round(events / took)} | ` +
    `${Math.round(events / cpu)} | ${at(0.5)} / ${at(0.99)} | ${refused} |`);
}

const data = temporaryFolder();
const server = await Server.start({
  data,
  solutions: [writeEcho('sources: {bench: {write_key: bench_key_1}}')],
  more: ['--limit', 'address-bytes=off'],
});
const pid = Number(server.child.pid);
spawnSync('taskset', ['-apc', '0', String(pid)]);
console.log('| events a batch | bytes | events/s | events per CPU-second of the server | ' +
  'p50 / p99 ms | refused |');
console.log('|---|---|---|---|---|---|');
for (const size of [1, 20, 500]) await measure(server.ready.base_url, pid, size);
await server.stop();
const listed = await run(['events', 'list', '--data', data, '--limit', '1']);
const kept = 1 + Number(/^(\d+) older/.exec(listed.stderr)?.[1] ?? 0);
console.log(`\n${sent} events were acknowledged, and ${kept} are on the disk, each once.`);
