// Goal: nothing that anybody can send ends the server, makes it answer 500, makes it hold memory, or
// keeps others from being served. Method: a seeded grammar with mutations and splices, pipelined over
// raw sockets against the real binary and its three listeners, while another person talks.
//   MILLRACE_FUZZ_SECONDS=60   at most so long
//   MILLRACE_FUZZ_REQUESTS=n, MILLRACE_FUZZ_FRAMES=n   until so many of both have been sent
//   MILLRACE_FUZZ_SEED=n       the same again
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {test} from 'node:test';

import {Chance} from './support/chance.mjs';
import {openSession} from './support/engagement.mjs';
import {RestTalker} from './support/rest.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {frame, mutated, phoenix, request} from './support/wire-grammar.mjs';

const kSeconds = Number(process.env.MILLRACE_FUZZ_SECONDS ?? 60);
const kRequests = Number(process.env.MILLRACE_FUZZ_REQUESTS ?? Infinity);
const kFrames = Number(process.env.MILLRACE_FUZZ_FRAMES ?? Infinity);
const kSeed = Number(process.env.MILLRACE_FUZZ_SEED ?? randomBytes(4).readUInt32LE());
const kMemoryMostKb = 64 * 1024;
const kAtOnce = 12;
const kPipelined = 40;
const kPatienceMs = 3_000;
const kOtherWaitsMs = 5_000;

/** @param {number} pid */
function residentKb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/**
 * Sends the bytes, ends the sending half, and gives all that came back.
 * @param {number} port
 * @param {Buffer} bytes
 * @returns {Promise<Buffer>}
 */
function exchange(port, bytes) {
  return new Promise((done) => {
    /** @type {Buffer[]} */
    const parts = [];
    const socket = connect({port, host: '127.0.0.1', allowHalfOpen: true});
    const timer = setTimeout(() => socket.destroy(), kPatienceMs);
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      done(Buffer.concat(parts));
    });
    socket.end(bytes);
  });
}

/** The statuses of the answers in what came back. @param {Buffer} bytes */
function statusesOf(bytes) {
  const statuses = [];
  for (let at = bytes.indexOf('HTTP/1.1 '); at >= 0; at = bytes.indexOf('HTTP/1.1 ', at + 9)) {
    const status = bytes.toString('latin1', at + 9, at + 12);
    if (/^\d{3}$/.test(status)) statuses.push(status);  // not the words of a body
  }
  return statuses;
}

/** @param {import('./support/wire-grammar.mjs').World} world @param {Chance} chance @param {1 | 2} version */
function upgrade(world, chance, version) {
  const token = chance.one(world.sessions).access_token;
  return Buffer.from(`GET /socket/websocket?vsn=${version}.0.0&token=${token} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    'Sec-WebSocket-Version: 13\r\n\r\n');
}

/**
 * Opens a socket, sends the frames once it is open, and waits until it is closed or has gone quiet.
 * @param {number} port
 * @param {Buffer} handshake
 * @param {Buffer} frames
 * @returns {Promise<string>} the status of the handshake
 */
function socketExchange(port, handshake, frames) {
  return new Promise((done) => {
    let status = '';
    let quiet = setTimeout(() => socket.destroy(), kPatienceMs);
    const socket = connect({port, host: '127.0.0.1', allowHalfOpen: true});
    socket.on('data', (part) => {
      if (status === '') {
        status = statusesOf(part)[0] ?? 'none';
        if (status === '101') socket.end(frames);
        else socket.destroy();
      }
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.destroy(), 300);
    });
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(quiet);
      done(status);
    });
    socket.write(handshake);
  });
}

test(`nothing over the wire ends the server (seed ${kSeed})`, {timeout: (kSeconds + 600) * 1000}, async (t) => {
  const server = await Server.start({
    data: temporaryFolder(),
    more: ['--metrics', '127.0.0.1:0', '--limit', 'address-sessions=2/s:100', '--limit', 'consumer-messages=2/s:20'],
  });
  t.after(() => server.stop().catch(() => {}));
  const ready = /** @type {any} */ (server.ready);
  const ports = {
    main: Number(server.ports.server), braze: Number(server.ports.sandbox),
    metrics: Number(new URL(ready.metrics_url).port),
  };
  const sessions = [];
  for (let i = 0; i < 20; ++i) sessions.push(await openSession(ready));
  const world = {ready, sessions, people: 40};
  const pid = /** @type {number} */ (server.child.pid);
  const chance = new Chance(kSeed);
  const sent = {requests: 0, frames: 0};
  /** @type {Record<string, number>} */
  const answers = {};
  const until = Date.now() + kSeconds * 1000;
  const goesOn = () => Date.now() < until && (sent.requests < kRequests || sent.frames < kFrames) &&
    server.child.exitCode === null && server.child.signalCode === null;

  const sendRequests = async (/** @type {Chance} */ own) => {
    let before = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    while (goesOn() && sent.requests < kRequests) {
      const place = own.one(/** @type {const} */ (['main', 'main', 'main', 'main', 'braze', 'metrics']));
      const parts = [];
      for (let i = own.under(kPipelined); i > 0; --i) parts.push(request(own, world, place, true));
      let last = request(own, world, place, own.onceIn(2));
      if (own.onceIn(2)) last = mutated(own, last, before);
      before = last;
      parts.push(last);
      sent.requests += parts.length;
      for (const status of statusesOf(await exchange(ports[place], Buffer.concat(parts)))) {
        answers[status] = (answers[status] ?? 0) + 1;
      }
    }
  };
  const sendFrames = async (/** @type {Chance} */ own) => {
    let before = Buffer.from('[]');
    while (goesOn() && sent.frames < kFrames) {
      const version = own.onceIn(2) ? 1 : 2;
      const session = own.one(world.sessions);
      const parts = [];
      for (let i = own.under(kPipelined); i > 0; --i) {
        parts.push(frame(own, phoenix(own, world, session, version), true));
      }
      let last = Buffer.from(phoenix(own, world, session, version));
      if (own.onceIn(2)) last = mutated(own, last, before);
      before = last;
      parts.push(frame(own, last, own.onceIn(3)));
      sent.frames += parts.length;
      await socketExchange(ports.main, upgrade(world, own, version), Buffer.concat(parts));
    }
  };
  const other = {served: 0, longestMs: 0};
  const talk = async () => {
    for (let i = 0; goesOn(); ++i) {
      const began = Date.now();
      await new RestTalker(ready.base_url, `other-${i % 20}`).say('hi', `other-${i}`);
      other.longestMs = Math.max(other.longestMs, Date.now() - began);
      ++other.served;
      await new Promise((woken) => setTimeout(woken, 200));
    }
  };

  await new RestTalker(ready.base_url, 'first').say('hi');
  const startKb = residentKb(pid);
  const works = [talk()];
  for (let i = 0; i < kAtOnce; ++i) works.push(i % 3 === 2 ? sendFrames(chance.fork()) : sendRequests(chance.fork()));
  const failed = (await Promise.allSettled(works)).filter(({status}) => status === 'rejected');

  const grownKb = residentKb(pid) - startKb;
  const report = `seed ${kSeed}: ${sent.requests} requests, ${sent.frames} frames, answers ${JSON.stringify(answers)}, ` +
    `memory ${startKb} KB +${grownKb} KB, another person served ${other.served} times, at most ${other.longestMs} ms`;
  console.log(report);
  assert.equal(server.child.exitCode ?? server.child.signalCode, null, `${report}; log: ${server.stderr()}`);
  assert.deepEqual(failed, [], report);
  const text = server.stderr();
  assert.ok(!text.includes('exception'), `${report}; log: ${text}`);
  assert.equal(answers['500'], undefined, report);
  assert.ok(answers['200'] > 0 && answers['400'] > 0, report);
  assert.ok(grownKb < kMemoryMostKb, report);
  assert.ok(other.served > 0 && other.longestMs < kOtherWaitsMs, report);
  await server.stop();
});
