// The cases of braze-seen.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';

import {get, post} from '../braze-table.mjs';
import {kWorkspace} from '../braze.mjs';
import {until} from '../until.mjs';

/** @typedef {import('../braze-table.mjs').Case} Case */

const kWhen = '2026-01-01T00:00:00Z';
export const kDashboard = {
  ...kWorkspace,
  segments: {
    ...kWorkspace.segments,
    'segment-control': {
      name: 'Control',
      global_control_group: true,
      filter: {external_ids: ['held-back']},
    },
  },
};

/** @type {Record<string, Case[]>} */
export const kCases = {
  'global control group': [
    post(
      'its users',
      '/users/export/global_control_group',
      {fields_to_export: ['external_id'], output_format: 'zip'},
      201,
      {
        given: [{attributes: [{external_id: 'held-back'}, {external_id: 'not-held-back'}]}],
        then: async (_, {body}) => {
          const file = await until('the export', async () => {
            const response = await fetch(body.url);
            return response.ok && Buffer.from(await response.arrayBuffer()).toString('latin1');
          });
          assert.match(file, /\{"external_id":"held-back"\}/);
          assert.doesNotMatch(file, /not-held-back/);
        },
      },
    ),
    post('without fields', '/users/export/global_control_group', {}, 400),
  ],
  'what was seen': [
    get('custom attributes', '/custom_attributes', 200, {
      given: [
        {
          attributes: [
            {
              external_id: 'seen',
              plan: 'gold',
              age: 7.5,
              vip: true,
              since: kWhen,
              tags: ['a'],
              o: {a: 1},
              pets: [{id: 1}],
              first_name: 'A',
            },
          ],
        },
      ],
      is: (/** @type {any} */ {attributes}) => {
        const types = Object.fromEntries(
          attributes.map((/** @type {any} */ one) => [one.name, one.data_type]),
        );
        assert.deepEqual(types, {
          plan: 'String',
          age: 'Number',
          vip: 'Boolean',
          since: 'Time',
          tags: 'Array',
          o: 'Object',
          pets: 'Object Array',
        });
        assert.deepEqual(attributes[0], {
          array_length: null,
          data_type: 'Number',
          description: '',
          name: 'age',
          status: 'Active',
          tag_names: [],
        });
        assert.equal(
          attributes.find((/** @type {any} */ one) => one.name === 'tags').array_length,
          25,
        );
        return true;
      },
    }),
    get('events', '/events', 200, {
      given: [
        {
          events: Array.from({length: 60}, (_, i) => ({
            external_id: 'seen',
            name: `event ${String(i).padStart(2, '0')}`,
            time: kWhen,
          })),
        },
      ],
      then: async (sandbox, {body, headers}) => {
        assert.equal(body.events.length, 50);
        assert.deepEqual(body.events[0], {
          name: 'event 00',
          description: '',
          included_in_analytics_report: false,
          status: 'Active',
          tag_names: [],
        });
        const next = /^<([^>]*)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1] ?? '';
        assert.equal(Buffer.from(next.split('=')[1], 'base64url').toString(), 'skip:50');
        const second = await sandbox.ask({method: 'GET', path: next});
        assert.deepEqual([second.body.events.length, second.body.events[0].name], [10, 'event 50']);
        assert.match(second.headers.get('Link') ?? '', /^<[^>]*>; rel="prev"$/);
      },
    }),
    get('a cursor that is none', '/events?cursor=x', 400),
  ],
};
