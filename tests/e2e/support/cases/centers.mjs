// The cases of braze-centers.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';

import {get, post, put} from '../braze-table.mjs';
import {kWorkspace} from '../braze.mjs';

/** @typedef {import('../braze-table.mjs').Case} Case */

export const kDashboard = {
  ...kWorkspace,
  cards: {
    'card-1': {
      title: 'Hello',
      name: 'Greeting',
      tags: ['hello'],
      description: 'Hi',
      extras: {k: 'v'},
    },
    'card-old': {title: 'Old', archived: true},
  },
};

export const center = (/** @type {object} */ more = {}) => ({
  name: 'Choices',
  preference_center_page_html: '<html>{{subscribed_state.${email_global}}}</html>',
  confirmation_page_html: '<html>ok</html>',
  ...more,
});
/** @type {Record<string, Case[]>} */
export const kCases = {
  'preference centers': [
    post('create', '/preference_center/v1', center(), 201, {
      has: {liquid_tag: '{{preference_center.${Choices}}}'},
      then: async (sandbox, {body}) => {
        const id = body.preference_center_api_id;
        const path = `/preference_center/v1/${id}`;
        assert.match(body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const options = {
          'meta-viewport-content': 'width=device-width',
          'links-tags': [{rel: 'icon', href: 'https://ex.com/i.png'}],
        };
        const changed = await sandbox.ask({
          method: 'PUT',
          path,
          body: center({name: 'Renamed', preference_center_title: 'Title', options}),
        });
        assert.deepEqual(
          [changed.status, changed.body.preference_center_api_id, changed.body.message],
          [200, id, 'success'],
        );
        const {body: details} = await sandbox.ask({method: 'GET', path});
        assert.deepEqual(
          [
            details.name,
            details.preference_center_title,
            details.redirect_page_html,
            details.preference_center_options,
            details.state,
          ],
          ['Choices', 'Title', null, options, 'active'],
        );
        await sandbox.track({attributes: [{external_id: 'a b', email: 'a@ex.com'}]});
        const one = await sandbox.ask({method: 'GET', path: `${path}/url/a%20b`});
        assert.match(one.body.preference_center_url, /^https:/);
        assert.equal((await sandbox.ask({method: 'GET', path: `${path}/url/nobody`})).status, 400);
        assert.equal(
          (await sandbox.ask({method: 'PUT', path, body: {confirmation_page_html: 'x'}})).status,
          400,
        );
      },
    }),
    get('list', '/preference_center/v1/list', 200, {
      is: (/** @type {any} */ body) =>
        body.preference_centers.length === 1 && body.preference_centers[0].name === 'Choices',
    }),
    ...[
      center(),
      center({name: 'a b'}),
      center({name: ''}),
      center({name: 'n', preference_center_page_html: ''}),
      center({name: 'n', confirmation_page_html: undefined}),
      center({name: 'n', state: 'x'}),
      center({name: 'n', options: []}),
      center({name: 'n', options: {'links-tags': [{rel: 'other', href: 'x'}]}}),
      center({name: 'n', confirmation_page_html: '{{'}),
    ].map((body, i) => post(`create badly, ${i}`, '/preference_center/v1', body, 400)),
    get('an unknown one', '/preference_center/v1/none', 404),
    put('change an unknown one', '/preference_center/v1/none', center(), 404),
    get('the address of an unknown one', '/preference_center/v1/none/url/u', 404),
  ],
  'news feed': [
    get('list', '/feed/list', 200, {
      is: {
        cards: [{id: 'card-1', type: 'CaptionedImage', title: 'Hello', tags: ['hello']}],
        message: 'success',
      },
    }),
    get('with archived ones', '/feed/list?include_archived=true&page=0', 200, {
      is: (/** @type {any} */ body) => body.cards.length === 2,
    }),
    get('details', '/feed/details?card_id=card-1', 200, {
      has: {
        title: 'Hello',
        name: 'Greeting',
        description: 'Hi',
        extras: {k: 'v'},
        archived: false,
        draft: false,
      },
    }),
    get('details of none', '/feed/details?card_id=none', 400),
    get('by day', '/feed/data_series?card_id=card-1&length=2&ending_at=2026-01-02', 200, {
      is: (/** @type {any} */ body) =>
        body.data.length === 2 && body.data[1].time === '2026-01-02' && body.data[1].clicks === 0,
    }),
    get('by day, of none', '/feed/data_series?card_id=none&length=2', 400),
  ],
  'sends by day': [
    get('an unknown send', '/sends/data_series?campaign_id=campaign-1&send_id=none&length=1', 400, {
      then: async (sandbox) =>
        assert.equal(
          (
            await sandbox.ask({
              path: '/sends/id/create',
              body: {campaign_id: 'campaign-1', send_id: 'seen'},
            })
          ).status,
          201,
        ),
    }),
    get(
      'one that was announced',
      '/sends/data_series?campaign_id=campaign-1&send_id=seen&length=3',
      200,
      {
        is: (/** @type {any} */ body) =>
          body.data.length === 3 && body.data[0].conversions3_by_send_time === 0,
      },
    ),
    get(
      'of another campaign',
      '/sends/data_series?campaign_id=campaign-mail&send_id=seen&length=1',
      400,
    ),
    get('of no campaign', '/sends/data_series?send_id=seen&length=1', 400),
    get('no length', '/sends/data_series?campaign_id=campaign-1&send_id=seen', 400),
  ],
};
