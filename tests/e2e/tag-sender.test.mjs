// When the page tag's sender sends what, and what it makes of each answer; in a time of its own.

import assert from 'node:assert/strict';
import {afterEach, describe, mock, test} from 'node:test';

import {keptIn} from '../../web/tag/kept.js';
import {lockIn} from '../../web/tag/lock.js';
import {queueIn} from '../../web/tag/queue.js';
import {senderTo} from '../../web/tag/sender.js';
import {Clock, storageOf} from './support/kept.mjs';

afterEach(() => mock.restoreAll());

describe('Sender', () => {
  /** @param {(body: any, number: number) => Response | Promise<Response>} answer */
  function started(answer, answerMs = 5_000) {
    const clock = new Clock();
    const storage = storageOf();
    const kept = keptIn(() => storage);
    const queue = queueIn(kept, 't:', 'p1', 5_000, 9_999_999);
    /** @type {{at: number, body: any, options: any}[]} */
    const requests = [];
    mock.method(
      globalThis,
      'fetch',
      async (/** @type {string} */ _url, /** @type {any} */ options) => {
        const body = JSON.parse(options.body);
        requests.push({at: clock.now, body, options});
        return answer(body, requests.length);
      },
    );
    const lock = lockIn(kept, 'lock', 'p1', 5_000);
    const world = {kept, queue, lock, waitKey: 't:wait', writeKey: 'WK', answerMs, sent: () => {}};
    return {clock, kept, queue, requests, sender: senderTo('http://there/v1/b', world)};
  }
  const ok = () => new Response('{"success":true}');
  const gaps = (/** @type {{at: number}[]} */ requests) =>
    requests.slice(1).map(({at}, before) => Math.round((at - requests[before].at) / 100) / 10);

  test('sends in batches that may outlive the page, and asks nobody for leave', async () => {
    const {clock, queue, requests, sender} = started(ok);
    const text = (/** @type {number} */ n) => JSON.stringify({n, filler: 'ü'.repeat(300)});
    for (let n = 0; n < 250; ++n) queue.add(text(n));
    sender.wake();
    await clock.pass(1_000);
    assert.deepEqual(
      requests.flatMap(({body}) => body.batch.map((/** @type {any} */ {n}) => n)),
      [...Array(250).keys()],
    );
    for (const {body, options} of requests) {
      assert.ok(body.batch.length <= 100 && Buffer.byteLength(options.body) <= 50_000);
      assert.deepEqual([body.writeKey, body.context], ['WK', undefined]);
      assert.ok(Math.abs(Date.parse(body.sentAt)) > 0);
      assert.deepEqual(options.headers, {'Content-Type': 'text/plain;charset=UTF-8'});
      assert.deepEqual([options.credentials, options.keepalive], ['omit', true]);
    }
    assert.deepEqual(queue.list(), []);
  });

  test('backs off from a server that is down, up to a minute, and then begins anew', async () => {
    const {clock, queue, requests, sender} = started((_, number) =>
      number <= 8 ? new Response('', {status: 503}) : ok(),
    );
    queue.add('{}');
    sender.wake();
    await clock.pass(400_000);
    assert.deepEqual(gaps(requests), [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.deepEqual(queue.list(), []);
    queue.add('{}');
    sender.wake();
    await clock.pass(1_000);
    assert.equal(requests.length, 10);
  });

  for (const status of [429, 503]) {
    test(`waits as long as a ${status} asks for`, async () => {
      const {clock, queue, requests, sender} = started((_, number) =>
        number > 1 ? ok() : new Response('', {status, headers: {'Retry-After': '7'}}),
      );
      queue.add('{}');
      sender.wake();
      await clock.pass(3_000);
      sender.hide();
      queue.add('{}');
      sender.wake(0);
      await clock.pass(20_000);
      assert.deepEqual(gaps(requests), [7]);
      assert.equal(requests[1].body.batch.length, 2);
    });
  }

  for (const status of [202, 204, 302, 403, 404, 500]) {
    test(`does not take ${status} for a yes`, async () => {
      const {clock, queue, sender} = started(() => new Response(null, {status}));
      queue.add('{}');
      sender.wake();
      await clock.pass(5_000);
      assert.equal(queue.list().length, 1);
    });
  }

  for (const status of [400, 401, 413]) {
    test(`gives up what is refused with ${status}, and says so once`, async () => {
      const warn = mock.method(console, 'warn', () => {});
      const {clock, queue, sender} = started(() => new Response('', {status}));
      for (let round = 0; round < 3; ++round) {
        queue.add('{}');
        sender.wake();
        await clock.pass(1_000);
      }
      assert.deepEqual(queue.list(), []);
      assert.equal(warn.mock.callCount(), 1);
    });
  }

  test('tries at once when the network is back', async () => {
    let isDown = true;
    const {clock, queue, requests, sender} = started(() =>
      isDown ? Promise.reject(new TypeError('Failed to fetch')) : ok(),
    );
    queue.add('{}');
    sender.wake();
    await clock.pass(60_000);
    isDown = false;
    const before = requests.length;
    sender.online();
    await clock.pass(100);
    assert.deepEqual([requests.length, queue.list()], [before + 1, []]);
  });

  test('writes nothing where there is nothing to send', async () => {
    const {clock, kept, sender} = started(ok);
    const set = mock.method(kept, 'set');
    sender.wake();
    sender.hide();
    await clock.pass(1_000);
    assert.equal(set.mock.callCount(), 0, 'other tabs would hear of it');
  });

  test('tells how many were dropped, once', async () => {
    const {clock, queue, requests, sender} = started((_, number) =>
      number > 1 ? ok() : new Response('', {status: 503}),
    );
    queue.drop(3);
    for (let round = 0; round < 2; ++round) {
      queue.add('{}');
      sender.wake();
      await clock.pass(5_000);
    }
    assert.deepEqual(
      requests.map(({body}) => body.context),
      [{dropped: 3}, {dropped: 3}, undefined],
    );
  });

  test('sends at once when the page is hidden, and no more than may outlive it', async () => {
    const {clock, queue, requests, sender} = started(() => new Promise(() => {}));
    for (let n = 0; n < 90; ++n) queue.add(JSON.stringify({n, filler: '.'.repeat(1_000)}));
    sender.hide();
    sender.hide();
    await clock.pass(0);
    assert.equal(requests.length, 1);
    assert.ok(Buffer.byteLength(requests[0].options.body) <= 61_440);
    assert.equal(queue.list().length, 90, 'all are kept until a 200 is known');
  });

  for (const isHidden of [true, false]) {
    test(`falls back on a beacon when the page ${isHidden ? 'goes' : 'stays: never'}`, async () => {
      const {clock, queue, sender} = started(() => Promise.reject(new TypeError('refused')));
      /** @type {[string, any][]} */
      const beacons = [];
      const sendBeacon = (/** @type {string} */ url, /** @type {string} */ body) =>
        beacons.push([url, JSON.parse(body).batch]);
      Object.defineProperty(globalThis, 'navigator', {value: {sendBeacon}, configurable: true});
      queue.add('{"n":1}');
      if (isHidden) sender.hide();
      else sender.wake();
      await clock.pass(500);
      assert.deepEqual(beacons, isHidden ? [['http://there/v1/b', [{n: 1}]]] : []);
      assert.equal(queue.list().length, 1, 'nobody knows whether it arrives');
    });
  }
});
