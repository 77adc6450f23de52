// What the Event Listener's log holds, by the command that lists it.

import assert from 'node:assert/strict';

import {run} from './server.mjs';

/** @param {string} data @param {string} what @param {string[]} more @returns {Promise<any[]>} */
async function list(data, what, more) {
  const options = ['--data', data, '--limit', '1000000000', '--json', ...more];
  const {code, stdout, stderr} = await run(['events', what, ...options]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** In the order in which they came. @param {string} data @param {string[]} [more] options */
export const listEvents = (data, more = []) => list(data, 'list', more);
/** @param {string} data @param {string[]} [more] options */
export const listQuarantine = (data, more = []) => list(data, 'quarantine', more);
