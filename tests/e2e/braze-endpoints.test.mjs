// Every other endpoint of the sandbox, as a table: what is asked, what must come back, and what is
// then to be seen (reference: other-endpoints.md). The grades stand in docs/compatibility.md.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {describeCases} from './support/braze-table.mjs';
import {Sandbox} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';
import {kCases} from './support/cases/endpoints.mjs';

describeCases('the other endpoints', kCases);

describe('what the dashboard holds', () => {
  test('is made, changed and deleted under /_sandbox/workspace, and kept', async () => {
    const data = temporaryFolder();
    let sandbox = await Sandbox.start({data});
    const put = (/** @type {string} */ path, /** @type {unknown} */ body) => fetch(`${sandbox.url}/_sandbox/workspace/${path}`, {method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    assert.equal((await put('segments/s', {name: 'S', filter: {event: 'e'}})).status, 200);
    assert.equal((await put('segments/t', {name: 'T', filter: {other: 1}})).status, 400);
    assert.equal((await put('secrets/t', {})).status, 404);
    assert.equal((await put('campaigns/c', {name: 'C'})).status, 200);
    assert.equal(await sandbox.end(), 0);
    sandbox = await Sandbox.start({data});
    const listed = await sandbox.ask({method: 'GET', path: '/segments/list'});
    assert.deepEqual(listed.body.segments.map((/** @type {any} */ one) => one.name), ['S']);
    assert.equal((await fetch(`${sandbox.url}/_sandbox/workspace/campaigns/c`, {method: 'DELETE'})).status, 200);
    assert.equal((await sandbox.ask({method: 'GET', path: '/campaigns/details?campaign_id=c'})).status, 400);
    assert.equal(await sandbox.end(), 0);
  });
});
