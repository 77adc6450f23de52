// Preference centers, News Feed cards, and sends by day (reference: content-and-centers.md 3, 4,
// 9),
// and what of all content is there after a restart. The grades stand in docs/compatibility.md.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {describeCases} from './support/braze-table.mjs';
import {Sandbox} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';
import {center, kCases, kDashboard} from './support/cases/centers.mjs';

describeCases('centers and cards', kCases, kDashboard);

describe('what is kept of it', () => {
  test('blocks, templates and centers are there after a restart', async () => {
    const data = temporaryFolder();
    let sandbox = await Sandbox.start({data});
    await sandbox.ask({path: '/content_blocks/create', body: {name: 'footer', content: 'Bye'}});
    await sandbox.ask({path: '/templates/email/create', body: {template_name: 'T'}});
    await sandbox.ask({path: '/preference_center/v1', body: center()});
    await sandbox.end('SIGKILL');
    sandbox = await Sandbox.start({data});
    const get = async (/** @type {string} */ path) =>
      (await sandbox.ask({method: 'GET', path})).body;
    assert.equal((await get('/content_blocks/list')).count, 1);
    assert.equal((await get('/templates/email/list')).count, 1);
    assert.equal((await get('/preference_center/v1/list')).preference_centers.length, 1);
    assert.equal((await get('/users/export/global_control_group')).message, 'Invalid URL');
    assert.equal(
      (
        await sandbox.ask({
          path: '/users/export/global_control_group',
          body: {fields_to_export: ['email']},
        })
      ).status,
      400,
    );
    assert.equal(await sandbox.end(), 0);
  });
});
