// The parts of the page tag that need no page: what they keep, and what they make of addresses,
// attributes and answers about consent.

import assert from 'node:assert/strict';
import {webcrypto} from 'node:crypto';
import {afterEach, describe, mock, test} from 'node:test';

import {consentIn} from '../../web/tag/consent.js';
import {addressOf, campaignOf} from '../../web/tag/context.js';
import {keptIn} from '../../web/tag/kept.js';
import {lockIn} from '../../web/tag/lock.js';
import {newId} from '../../web/tag/parts.js';
import {queueIn} from '../../web/tag/queue.js';
import {marksOf, propertiesOf} from '../../web/tag/watching.js';
import {Clock, storageOf} from './support/kept.mjs';

const blocked = () => {
  throw new Error('blocked');
};
// As a browser has it; Node 18 does not.
globalThis.crypto ??= /** @type {any} */ (webcrypto);
afterEach(() => mock.restoreAll());

describe('Kept', () => {
  test('is remembered where storage is blocked', () => {
    const kept = keptIn(blocked);
    kept.set('a', '1');
    assert.deepEqual([kept.get('a'), kept.get('b'), kept.keys('')], ['1', '', ['a']]);
    kept.remove('a');
    assert.equal(kept.get('a'), '');
  });

  test('is not stored while it is held, and then it is', () => {
    const storage = storageOf();
    const kept = keptIn(() => storage);
    kept.isHeld = true;
    kept.set('a', '1');
    assert.deepEqual([Object.keys(storage), kept.get('a')], [[], '1']);
    kept.release();
    assert.equal(storage.getItem('a'), '1');
  });

  test('is what was said last, also where storage is full', () => {
    const storage = storageOf(10);
    const kept = keptIn(() => storage);
    kept.set('a', '1');
    kept.set('a', '1234567890');
    assert.equal(kept.get('a'), '1234567890');
    assert.deepEqual(kept.keys('a'), ['a']);
  });
});

describe('Queue', () => {
  test('keeps the order of one page, and puts later pages behind', () => {
    const kept = keptIn(() => storage);
    const storage = storageOf();
    const [first, second] = ['p1', 'p2'].map((page) => queueIn(kept, 't:', page, 100, 9_999));
    second.add('c');
    for (const text of ['a', 'b']) first.add(text);
    assert.deepEqual(first.list().map(kept.get), ['a', 'b', 'c']);
    assert.deepEqual(second.list(true).map(kept.get), ['c']);
  });

  for (const [what, countMax, sizeMax] of /** @type {[string, number, number][]} */ ([
    ['so many', 3, 9_999],
    ['so much', 100, 12],
  ])) {
    test(`holds ${what}, drops the oldest, and counts them`, () => {
      const storage = storageOf();
      const kept = keptIn(() => storage);
      queueIn(kept, 't:', 'p0', 100, 9_999).add('old!');
      const queue = queueIn(kept, 't:', 'p1', countMax, sizeMax);
      for (const text of ['1111', '2222', '3333', '4444']) queue.add(text);
      assert.deepEqual(queue.list().map(kept.get), ['2222', '3333', '4444']);
      const told = queue.dropped();
      assert.deepEqual(told, [['t:d:p1', 2]]);
      queue.drop(1);
      queue.forgetDropped(told);
      assert.deepEqual(queue.dropped(), [['t:d:p1', 1]]);
      queue.forgetDropped(queue.dropped());
      assert.deepEqual(queue.dropped(), []);
    });
  }

  test('takes note of what other tabs have sent', () => {
    const storage = storageOf();
    const kept = keptIn(() => storage);
    const queue = queueIn(kept, 't:', 'p1', 3, 9_999);
    for (let round = 0; round < 5; ++round) {
      for (const text of ['1', '2', '3']) queue.add(text);
      queueIn(kept, 't:', 'p2', 3, 9_999).remove(queue.list());
    }
    assert.deepEqual(queue.dropped(), []);
  });
});

describe('Lock', () => {
  test('lets one in at a time, and the next one when a tab has died', async () => {
    const clock = new Clock();
    const kept = keptIn(() => storage);
    const storage = storageOf();
    const [one, two] = ['one', 'two'].map((owner) => lockIn(kept, 'lock', owner, 5_000));
    /** @type {string[]} */
    const done = [];
    void one.hold(() => new Promise(() => void done.push('one')));
    await clock.pass(100);
    await two.hold(async () => void done.push('too early'));
    await clock.pass(5_000);
    void two.hold(async () => void done.push('two'));
    await clock.pass(100);
    assert.deepEqual([done, kept.get('lock')], [['one', 'two'], '']);
  });

  test('is left by one who sees that another has it', async () => {
    const clock = new Clock();
    const storage = storageOf();
    const kept = keptIn(() => storage);
    /** @type {boolean[]} */
    const may = [];
    void lockIn(kept, 'lock', 'one', 5_000).hold(async (keep) => {
      may.push(keep());
      kept.set('lock', `two ${clock.now + 5_000}`);
      may.push(keep());
    });
    await clock.pass(100);
    assert.deepEqual([may, kept.get('lock').split(' ')[0]], [[true, false], 'two']);
  });
});

describe('Consent', () => {
  for (const [what, options, said, isGiven] of /** @type {[string, any, any, any][]} */ ([
    ['nothing, where it is not asked for', {}, undefined, true],
    ['nothing, where it is', {consent: 'required'}, undefined, undefined],
    ['one yes', {consent: 'required'}, {analytics: true, marketing: false}, true],
    ['no to all', {}, {analytics: false, marketing: false}, false],
    ['no to the purpose', {purpose: 'analytics'}, {necessary: true, analytics: false}, false],
    ['yes to the purpose', {purpose: 'analytics'}, {analytics: true}, true],
  ])) {
    test(`${what}: ${isGiven}`, () => {
      const kept = keptIn(blocked);
      const consent = consentIn(kept, options);
      consent.preferences = said;
      assert.equal(consent.isGiven(), isGiven);
      consent.store();
      assert.equal(consentIn(kept, options).isGiven(), isGiven, 'on the next page, too');
    });
  }
});

test('an address is another one when it names another page', () => {
  const base = 'https://shop.example/a?b=c';
  assert.equal(addressOf(`${base}#reviews`), base);
  for (const href of [base, `${base}#/cart`, `${base}#!cart`]) assert.equal(addressOf(href), href);
});

test('a campaign has the names that Segment gives it', () => {
  const query = 'utm_source=mail&utm_campaign=autumn&utm_id=7&gclid=x1&utm_term=&q=shoes';
  assert.deepEqual(campaignOf(`https://shop.example/?${query}`), {
    source: 'mail',
    name: 'autumn',
    id: '7',
    gclid: 'x1',
  });
  assert.equal(campaignOf('https://shop.example/?q=shoes'), undefined);
});

test('attributes are numbers where they read like one', () => {
  const attributes = Object.entries({
    'data-mr-event': 'x',
    'data-mr-prop-order-id': '7',
    'data-mr-prop-code': '007',
    'data-mr-prop-price': '12.5',
    'data-mr-prop-new': 'true',
  });
  assert.deepEqual(propertiesOf(attributes.map(([name, value]) => ({name, value}))), {
    order_id: 7,
    code: '007',
    price: 12.5,
    new: true,
  });
});

test('marks are a list, the text of one, or the usual ones', () => {
  for (const [given, marks] of /** @type {[unknown, number[]][]} */ ([
    [true, [1]],
    [undefined, []],
    ['25,50', [25, 50]],
    [[10], [10]],
    ['off', []],
  ])) {
    assert.deepEqual(marksOf(given, [1]), marks);
  }
});

test('ids are random UUIDs', () => {
  const ids = Array.from({length: 100}, newId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
