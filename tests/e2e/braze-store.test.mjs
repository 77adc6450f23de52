// What the sandbox keeps: through kill -9 under load, through restarts, and with Braze's delay.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {Sandbox} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

describe('what the sandbox keeps', () => {
  test('everything acknowledged is there after kill -9, and counted once', async () => {
    const data = temporaryFolder();
    const kUsers = 40;
    const kLoops = 8;
    const kRounds = 5;
    let acknowledged = 0;
    let uncertain = 0;
    for (let round = 0; round < kRounds; ++round) {
      const sandbox = await Sandbox.start({data, more: ['--unlimited'], logLevel: 'warning'});
      let running = true;
      // Each request changes every user: an increment, an event, a purchase.
      const loops = Array.from({length: kLoops}, async () => {
        while (running) {
          const users = Array.from({length: 25}, (_, i) => `u${i % kUsers}`);
          const time = '2026-01-01T00:00:00Z';
          try {
            const {status} = await sandbox.track({
              attributes: users.map((external_id) => ({external_id, n: {inc: 1}})),
              events: users.map((external_id) => ({external_id, name: 'e', time})),
              purchases: users.map((external_id) => ({external_id, product_id: 'p', currency: 'EUR', price: 2, time})),
            });
            if (status === 201) ++acknowledged;
          } catch {
            ++uncertain;
          }
        }
      });
      const before = acknowledged;
      await until('some load', () => acknowledged >= before + 40);
      await sandbox.end('SIGKILL');
      running = false;
      await Promise.all(loops);
    }
    const sandbox = await Sandbox.start({data, more: ['--unlimited']});
    for (let i = 0; i < 25; ++i) {
      const {custom_attributes: {n}, custom_events: [event], purchases: [purchase], total_revenue} = await sandbox.profile(`u${i}`);
      assert.ok(n >= acknowledged && n <= acknowledged + uncertain, `${n} of ${acknowledged} and ${uncertain}`);
      assert.deepEqual([event.count, purchase.count, total_revenue], [n, n, 2 * n], 'a request is kept whole or not at all');
    }
    assert.equal(await sandbox.end(), 0);
    const again = await Sandbox.start({data});
    assert.ok((await again.profile('u0')).custom_attributes.n >= acknowledged, 'and after a clean end');
    const id = (await again.profile('u0')).braze_id;
    const {history} = await (await fetch(`${again.url}/_sandbox/profiles/${id}`)).json();
    const kinds = new Set(history.map((/** @type {{kind: string}} */ line) => line.kind));
    assert.deepEqual([...kinds].sort(), ['attributes', 'event', 'purchase']);
    assert.equal(await again.end(), 0);
  });

  test('with the realistic delay nothing is seen at once, and all of it later, also after kill -9', async () => {
    const data = temporaryFolder();
    const more = ['--apply-delay', 'realistic'];
    let sandbox = await Sandbox.start({data, more});
    const soon = sandbox.track({attributes: [{external_id: 'soon', a: 1}]});
    assert.equal((await soon).status, 201);
    assert.equal(await sandbox.profile('soon'), undefined, 'not yet');
    await until('the profile', () => sandbox.profile('soon'));
    assert.equal((await sandbox.track({attributes: [{external_id: 'crash', a: 1}]})).status, 201);
    await sandbox.end('SIGKILL');
    sandbox = await Sandbox.start({data, more});
    assert.equal((await sandbox.profile('crash')).custom_attributes.a, 1);
    assert.equal(await sandbox.end(), 0);
  });

  test('what was renamed, merged and deleted stays so after kill -9', async () => {
    const data = temporaryFolder();
    let sandbox = await Sandbox.start({data});
    await sandbox.track({attributes: [{external_id: 'a', email: 'a@ex.com'}, {external_id: 'b', x: 1}, {external_id: 'c', y: 1}, {external_id: 'd'}]});
    await sandbox.ask({path: '/users/external_ids/rename', body: {external_id_renames: [{current_external_id: 'a', new_external_id: 'a2'}]}});
    await sandbox.ask({path: '/users/merge', body: {merge_updates: [{identifier_to_merge: {external_id: 'b'}, identifier_to_keep: {external_id: 'c'}}]}});
    await sandbox.ask({path: '/users/delete', body: {external_ids: ['d']}});
    const look = async () => [
      (await sandbox.profile('a')).external_id, await sandbox.profile('b'),
      (await sandbox.profile('c')).custom_attributes, await sandbox.profile('d'),
      (await sandbox.profiles({email_address: 'a@ex.com'}))[0].external_id,
    ];
    const want = ['a2', undefined, {y: 1, x: 1}, undefined, 'a2'];
    assert.deepEqual(await look(), want);
    await sandbox.end('SIGKILL');
    sandbox = await Sandbox.start({data});
    assert.deepEqual(await look(), want, 'from the records');
    assert.equal(await sandbox.end(), 0);
    sandbox = await Sandbox.start({data});
    assert.deepEqual(await look(), want, 'from the rows');
    assert.equal(await sandbox.end(), 0);
  });
});
