// The cases of braze-copies.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';

import {get, post} from '../braze-table.mjs';
import {kWorkspace} from '../braze.mjs';

/** @typedef {import('../braze-table.mjs').Case} Case */

const kLinks =
  '/campaigns/url_info/details?campaign_id=campaign-mail&message_variation_id=variant-1';
export const kDashboard = {
  ...kWorkspace,
  tags: {spring: {}},
  campaigns: {
    ...kWorkspace.campaigns,
    'campaign-mail': {
      name: 'Mail',
      messages: {
        'variant-1': {
          channel: 'email',
          name: 'Variant 1',
          link_data: [
            {link_URL: 'https://ex.com?lid=a', link_id: 'a', link_alias: 'link1'},
            {link_URL: 'https://ex.com?lid=b', link_id: 'b', link_alias: 'link2'},
          ],
        },
      },
    },
  },
  canvases: {
    ...kWorkspace.canvases,
    'canvas-mail': {
      name: 'Mails',
      steps: [
        {
          id: 'step-1',
          name: 'One',
          messages: {
            'variant-2': {
              name: 'Variant 2',
              link_data: [{link_URL: 'u', link_id: 'c', link_alias: 'link3'}],
            },
          },
        },
      ],
    },
  },
};

const activity = (/** @type {object} */ more = {}) => ({
  app_id: 'app',
  activity_id: 'match-1',
  activity_attributes_type: 'Match',
  activity_attributes: {team: 'A'},
  content_state: {score: 0},
  notification: {alert: {title: 'T', body: 'B'}},
  external_user_ids: ['fan'],
  ...more,
});
/** @type {Record<string, Case[]>} */
export const kCases = {
  copies: [
    post(
      'a campaign',
      '/campaigns/duplicate',
      {campaign_id: 'campaign-1', name: 'Welcome again', description: 'd'},
      202,
      {
        is: {message: 'success'},
        then: async (sandbox) => {
          const {body} = await sandbox.ask({method: 'GET', path: '/campaigns/list'});
          const copy = body.campaigns.find(
            (/** @type {any} */ one) => one.name === 'Welcome again',
          );
          assert.deepEqual(copy.tags, ['hello']);
          const {body: details} = await sandbox.ask({
            method: 'GET',
            path: `/campaigns/details?campaign_id=${copy.id}`,
          });
          assert.deepEqual(
            [details.description, details.draft, details.enabled],
            ['d', true, false],
          );
        },
      },
    ),
    post(
      'a Canvas with other tags',
      '/canvas/duplicate',
      {canvas_id: 'canvas-1', name: 'Again', tag_names: ['spring']},
      202,
      {
        then: async (sandbox) => {
          const {body} = await sandbox.ask({method: 'GET', path: '/canvas/list'});
          assert.deepEqual(
            body.canvases.find((/** @type {any} */ one) => one.name === 'Again').tags,
            ['spring'],
          );
        },
      },
    ),
    post(
      'a tag as a text',
      '/canvas/duplicate',
      {canvas_id: 'canvas-1', name: 'Once more', tag_names: 'spring'},
      202,
    ),
    post(
      'an unknown tag',
      '/canvas/duplicate',
      {canvas_id: 'canvas-1', name: 'Again', tag_names: ['x']},
      400,
      {message: 'Some Tags could not be found.'},
    ),
    post('no name', '/campaigns/duplicate', {campaign_id: 'campaign-1'}, 400),
    post('no campaign', '/campaigns/duplicate', {name: 'x'}, 400, {message: 'Invalid Campaign ID'}),
    post('no Canvas', '/canvas/duplicate', {canvas_id: 'none', name: 'x'}, 400, {
      message: 'Invalid Canvas ID',
    }),
  ],
  'link aliases': [
    get('of a campaign', `${kLinks}&includes_link_id=b`, 200, {
      is: {
        channel: 'email',
        name: 'Variant 1',
        link_data: [
          {
            link_URL: 'https://ex.com?lid=b',
            link_id: 'b',
            content_block_path_info: [],
            link_alias: 'link2',
          },
        ],
        message: 'success',
      },
    }),
    get('all of them', kLinks, 200, {is: (/** @type {any} */ body) => body.link_data.length === 2}),
    get(
      'of a Canvas step',
      '/canvas/url_info/details?canvas_step_id=step-1&message_variation_id=variant-2',
      200,
      {is: (/** @type {any} */ body) => body.link_data[0].link_alias === 'link3'},
    ),
    get('no campaign', '/campaigns/url_info/details?message_variation_id=variant-1', 400, {
      message: 'Missing/Invalid Campaign ID',
    }),
    get('no variant', '/campaigns/url_info/details?campaign_id=campaign-mail', 400, {
      message: 'Missing/Invalid Message Variant ID',
    }),
    get(
      'no step',
      '/canvas/url_info/details?canvas_step_id=none&message_variation_id=variant-2',
      400,
    ),
  ],
  'live activities': [
    post('start', '/messages/live_activity/start', activity(), 201, {
      given: [{attributes: [{external_id: 'fan'}]}],
      is: {message: 'success'},
      then: async (sandbox) => {
        const ended = {
          app_id: 'app',
          activity_id: 'match-1',
          content_state: {score: 1},
          end_activity: true,
          dismissal_date: '2026-02-28T00:00:00+0000',
        };
        assert.deepEqual(
          (await sandbox.ask({path: '/messages/live_activity/update', body: ended})).codes,
          [],
        );
        assert.deepEqual(
          (await sandbox.ask({path: '/messages/live_activity/update', body: ended})).codes,
          ['BRZ_UNKNOWN_ACTIVITY'],
        );
      },
    }),
    post(
      'for a segment',
      '/messages/live_activity/start',
      activity({external_user_ids: undefined, segment_id: 'segment-all'}),
      201,
    ),
    post(
      'for an audience',
      '/messages/live_activity/start',
      activity({external_user_ids: undefined, custom_audience: {AND: []}}),
      201,
    ),
    ...[
      'app_id',
      'activity_id',
      'activity_attributes_type',
      'activity_attributes',
      'content_state',
      'notification',
    ].map((name) =>
      post(
        `start without ${name}`,
        '/messages/live_activity/start',
        activity({[name]: undefined}),
        400,
        {message: `'${name}' is required`},
      ),
    ),
    post(
      'for nobody',
      '/messages/live_activity/start',
      activity({external_user_ids: undefined}),
      400,
      {message: 'No Recipients'},
    ),
    post(
      'for fifty-one',
      '/messages/live_activity/start',
      activity({external_user_ids: Array.from({length: 51}, (_, i) => `u${i}`)}),
      400,
    ),
    post(
      'an alert without a title',
      '/messages/live_activity/start',
      activity({notification: {alert: {body: 'B'}}}),
      400,
    ),
    post(
      'a date that is none',
      '/messages/live_activity/start',
      activity({stale_date: 'soon'}),
      400,
    ),
    post(
      'update without content',
      '/messages/live_activity/update',
      {app_id: 'a', activity_id: 'b'},
      400,
      {message: "'content_state' is required"},
    ),
  ],
};
