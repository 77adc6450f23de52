// The cases of braze-endpoints.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';
import {gunzipSync} from 'node:zlib';

import {Sandbox} from '../braze.mjs';
import {until} from '../until.mjs';

/** @typedef {import('../braze.mjs').Answer} Answer */
/** @typedef {import('../braze-table.mjs').Case} Case */

const kWhen = '2026-01-01T00:00:00Z';
const attributes = (/** @type {object[]} */ ...items) => ({attributes: items});
const alias = (/** @type {string} */ name, label = 'chat') => ({alias_name: name, alias_label: label});
const anonymous = (/** @type {string} */ name, more = {}) => attributes({user_alias: alias(name), _update_existing_only: false, ...more});
const times = (/** @type {number} */ count, /** @type {(i: number) => any} */ make) => Array.from({length: count}, (_, i) => make(i));
const kIds = 'The max number of ids per request was exceeded';
const kIdsAndAliases = 'The max number of external_ids and aliases per request was exceeded';
const custom = async (/** @type {Sandbox} */ sandbox, /** @type {string} */ id) => (await sandbox.profile(id))?.custom_attributes;

/** @type {Record<string, Case[]>} */
export const kCases = {
  'users/track/sync': [
    {name: 'answers with what it has become', post: '/users/track/sync', body: attributes({external_id: 'sync', plan: 'gold'}), status: 201, is: (/** @type {any} */ body) => body.message === 'success' && body.users[0].custom_attributes.plan === 'gold'},
    {name: 'nobody to update', post: '/users/track/sync', body: attributes({external_id: 'none', _update_existing_only: true}), status: 201, is: {users: [], message: 'success'}},
    {name: 'two objects', post: '/users/track/sync', body: attributes({external_id: 'a'}, {external_id: 'b'}), status: 400},
    {name: 'nothing', post: '/users/track/sync', body: {}, status: 400},
  ],
  'users/track/bulk': [
    {name: 'takes a thousand objects', post: '/users/track/bulk', body: attributes(...times(1000, (i) => ({external_id: `bulk-${i}`}))), status: 201, is: {attributes_processed: 1000, message: 'success'}},
    {name: 'and not one more', post: '/users/track/bulk', body: attributes(...times(1001, (i) => ({external_id: `bulk-${i}`}))), status: 400, message: 'Max Input Length Exceeded'},
    {name: 'not a hundred and one for one user', post: '/users/track/bulk', body: attributes(...times(101, () => ({external_id: 'bulk-1'}))), status: 400, message: 'Max Input Length Exceeded'},
    {name: '2 MB and a byte', post: '/users/track/bulk', body: ' '.repeat(2 * 1024 * 1024) + '{}', status: 413},
  ],
  'users/identify': [
    {name: 'an alias becomes known', given: [anonymous('i1', {plan: 'a'})], post: '/users/identify', body: {aliases_to_identify: [{external_id: 'i1', user_alias: alias('i1')}]}, status: 201, is: {aliases_processed: 1, message: 'success'},
      then: async (sandbox) => assert.deepEqual([(await custom(sandbox, 'i1')).plan, (await sandbox.profile('i1')).user_aliases], ['a', [alias('i1')]])},
    {name: 'and is laid over who is known', given: [anonymous('i2', {a: 1, b: 1, first_name: 'Anon'}), attributes({external_id: 'i2', b: 2})], post: '/users/identify', body: {aliases_to_identify: [{external_id: 'i2', user_alias: alias('i2')}]}, status: 201,
      then: async (sandbox) => {
        assert.deepEqual(await custom(sandbox, 'i2'), {b: 2, a: 1});
        assert.equal((await sandbox.profiles({user_aliases: [alias('i2')]}))[0].external_id, 'i2');
      }},
    {name: 'not when the label is taken', given: [anonymous('i3', {a: 1}), anonymous('i3b'), attributes({external_id: 'i3'})], post: '/users/identify', body: {aliases_to_identify: [{external_id: 'i3', user_alias: alias('i3b')}, {external_id: 'i3', user_alias: alias('i3')}]}, status: 201, is: {aliases_processed: 2, message: 'success'}, code: 'BRZ_ALIAS_LABEL_TAKEN',
      then: async (sandbox) => assert.equal((await sandbox.profiles({user_aliases: [alias('i3')]}))[0].external_id, undefined)},
    {name: 'an unknown alias is counted', post: '/users/identify', body: {aliases_to_identify: [{external_id: 'i4', user_alias: alias('nobody')}]}, status: 201, is: {aliases_processed: 1, message: 'success'}},
    {name: 'by e-mail', given: [attributes({email: 'i5@ex.com', a: 1})], post: '/users/identify', body: {emails_to_identify: [{external_id: 'i5', email: 'I5@ex.com', prioritization: ['unidentified', 'most_recently_updated']}]}, status: 201, is: {emails_processed: 1, message: 'success'},
      then: async (sandbox) => assert.deepEqual(await custom(sandbox, 'i5'), {a: 1})},
    {name: 'by phone number', given: [attributes({phone: '+351900', a: 1})], post: '/users/identify', body: {phone_numbers_to_identify: [{external_id: 'i6', phone: '+351900', prioritization: ['unidentified']}]}, status: 201, is: {phone_numbers_processed: 1, message: 'success'},
      then: async (sandbox) => assert.deepEqual(await custom(sandbox, 'i6'), {a: 1})},
    {name: 'both orders at once', post: '/users/identify', body: {aliases_to_identify: [{external_id: 'x', user_alias: alias('x')}], emails_to_identify: [{external_id: 'x', email: 'x@ex.com', prioritization: ['most_recently_updated', 'least_recently_updated']}]}, status: 201,
      is: (/** @type {any} */ body) => body.errors[0].type === "Request can not contain both of 'most_recently_updated' and 'least_recently_updated' values in the 'prioritization' array" && body.errors[0].input_array === 'user_identifiers'},
    {name: 'nothing', post: '/users/identify', body: {}, status: 400},
    {name: 'fifty-one', post: '/users/identify', body: {aliases_to_identify: times(51, () => ({external_id: 'x', user_alias: alias('x')}))}, status: 400, message: kIdsAndAliases},
  ],
  'users/alias': [
    {name: 'new, for who is known', given: [attributes({external_id: 'al1'})], post: '/users/alias/new', body: {user_aliases: [{external_id: 'al1', ...alias('al1')}]}, status: 201, is: {aliases_processed: 1, message: 'success'},
      then: async (sandbox) => assert.deepEqual((await sandbox.profile('al1')).user_aliases, [alias('al1')])},
    {name: 'new, alone', post: '/users/alias/new', body: {user_aliases: [alias('al2')]}, status: 201, then: async (sandbox) => assert.equal((await sandbox.profiles({user_aliases: [alias('al2')]})).length, 1)},
    {name: 'new, for nobody', post: '/users/alias/new', body: {user_aliases: [{external_id: 'nobody', ...alias('al3')}]}, status: 201, is: {aliases_processed: 1, message: 'success'}, code: 'BRZ_NO_SUCH_PROFILE',
      then: async (sandbox) => assert.deepEqual(await sandbox.profiles({user_aliases: [alias('al3')]}), [])},
    {name: 'new, in the wrong shape', post: '/users/alias/new', body: {user_aliases: [{user_alias: alias('al4')}]}, status: 201, is: {aliases_processed: 1, message: 'success'}, code: 'BRZ_ALIAS_SHAPE'},
    {name: 'new, taken', given: [anonymous('al5'), attributes({external_id: 'al5'})], post: '/users/alias/new', body: {user_aliases: [{external_id: 'al5', ...alias('al5')}]}, status: 201, is: {aliases_processed: 1, message: 'success'}, code: 'BRZ_ALIAS_TAKEN'},
    {name: 'update', given: [anonymous('al6')], post: '/users/alias/update', body: {alias_updates: [{alias_label: 'chat', old_alias_name: 'al6', new_alias_name: 'al7'}]}, status: 201,
      then: async (sandbox) => assert.deepEqual([(await sandbox.profiles({user_aliases: [alias('al6')]})).length, (await sandbox.profiles({user_aliases: [alias('al7')]})).length], [0, 1])},
    {name: 'no list', post: '/users/alias/new', body: {user_aliases: {}}, status: 400},
  ],
  'users/merge': [
    {name: 'one of two', given: [{attributes: [{external_id: 'm1', a: 1, b: 1}], events: [{external_id: 'm1', name: 'e', time: kWhen}]}, {attributes: [{external_id: 'm2', b: 2}], events: [{external_id: 'm2', name: 'e', time: '2025-01-01T00:00:00Z'}]}], post: '/users/merge', body: {merge_updates: [{identifier_to_merge: {external_id: 'm1'}, identifier_to_keep: {external_id: 'm2'}}]}, status: 202, is: {message: 'success'},
      then: async (sandbox) => {
        assert.equal(await sandbox.profile('m1'), undefined);
        const kept = await sandbox.profile('m2');
        assert.deepEqual(kept.custom_attributes, {b: 2, a: 1});
        assert.deepEqual(kept.custom_events, [{name: 'e', first: '2025-01-01T00:00:00.000Z', last: '2026-01-01T00:00:00.000Z', count: 2}]);
      }},
    {name: 'by e-mail, with prioritization', given: [attributes({email: 'm3@ex.com', a: 3}), attributes({external_id: 'm3'})], post: '/users/merge', body: {merge_updates: [{identifier_to_merge: {email: 'm3@ex.com', prioritization: ['unidentified']}, identifier_to_keep: {external_id: 'm3'}}]}, status: 202,
      then: async (sandbox) => assert.deepEqual(await custom(sandbox, 'm3'), {a: 3})},
    {name: 'no list', post: '/users/merge', body: {merge_updates: 1}, status: 400, message: "'merge_updates' must be an array of objects"},
    {name: 'fifty-one', post: '/users/merge', body: {merge_updates: times(51, () => ({}))}, status: 400, message: 'a single request may not contain more than 50 merge updates'},
    {name: 'something else in it', post: '/users/merge', body: {merge_updates: [{identifier_to_merge: {external_id: 'a'}, identifier_to_keep: {external_id: 'b'}, other: 1}]}, status: 400, message: "'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'"},
    {name: 'no identifier', post: '/users/merge', body: {merge_updates: [{identifier_to_merge: {}, identifier_to_keep: {external_id: 1}}]}, status: 400, message: "identifiers must be objects with an 'external_id' property that is a string, 'user_alias' property that is an object, 'email' property that is a string, or 'phone' property that is a string"},
  ],
  'users/delete': [
    {name: 'known and unknown ids', given: [attributes({external_id: 400, email: 'd@ex.com'})], post: '/users/delete', body: {external_ids: [400, 401, 402]}, status: 201, is: {deleted: 3, message: 'success'},
      then: async (sandbox) => {
        assert.equal(await sandbox.profile('400'), undefined);
        assert.deepEqual(await sandbox.profiles({email_address: 'd@ex.com'}), []);
      }},
    {name: 'by alias', given: [anonymous('d1')], post: '/users/delete', body: {user_aliases: [alias('d1')]}, status: 201, is: {deleted: 1, message: 'success'},
      then: async (sandbox) => assert.deepEqual(await sandbox.profiles({user_aliases: [alias('d1')]}), [])},
    {name: 'nobody named', post: '/users/delete', body: {}, status: 400},
    {name: 'fifty-one', post: '/users/delete', body: {external_ids: times(51, String)}, status: 400, message: kIds},
  ],
  'users/export/ids': [
    {name: 'by every kind of id', given: [attributes({external_id: 'x1', email: 'x1@ex.com', phone: '+35191'})], post: '/users/export/ids', body: {external_ids: ['x1', 'lost'], fields_to_export: ['external_id', 'phone']}, status: 201, is: {users: [{external_id: 'x1', phone: '+35191'}], invalid_user_ids: ['lost'], message: 'success'},
      then: async (sandbox) => {
        const [{braze_id: id}] = await sandbox.profiles({external_ids: ['x1']});
        for (const who of [{email_address: 'X1@ex.com'}, {phone: '+35191'}, {braze_id: id}]) assert.equal((await sandbox.profiles(who))[0].external_id, 'x1');
        assert.deepEqual(await sandbox.profiles({device_id: 'd'}), []);
      }},
    {name: 'fifty-one', post: '/users/export/ids', body: {external_ids: times(51, String)}, status: 400, message: kIdsAndAliases},
    {name: 'nobody named', post: '/users/export/ids', body: {}, status: 400},
  ],
  'users/export/segment': [
    {name: 'as a zip that can be fetched', given: [attributes({external_id: 'seg1', plan: 'gold'}, {external_id: 'seg2', plan: 'tin'})], post: '/users/export/segment', body: {segment_id: 'segment-gold', fields_to_export: ['external_id', 'custom_attributes'], output_format: 'gzip', callback_endpoint: 'https://ex.com'}, status: 201, code: 'BRZ_NO_CALLBACK',
      then: async (_, {body}) => {
        assert.match(body.object_prefix, /^[0-9a-f-]{36}-\d+$/);
        const file = await until('the export', async () => {
          const response = await fetch(body.url);
          return response.ok && Buffer.from(await response.arrayBuffer());
        });
        const lines = gunzipSync(file).toString().trim().split('\n').map((line) => JSON.parse(line));
        assert.ok(lines.some((line) => line.external_id === 'seg1'));
        assert.ok(lines.every((line) => line.custom_attributes.plan === 'gold'), 'only who is in it');
      }},
    {name: 'an unknown segment', post: '/users/export/segment', body: {segment_id: 'x', fields_to_export: ['email']}, status: 400},
  ],
  'users/external_ids': [
    {name: 'rename, and both identify', given: [attributes({external_id: 'old1', a: 1})], post: '/users/external_ids/rename', body: {external_id_renames: [{current_external_id: 'old1', new_external_id: 'new1'}]}, status: 201, is: {rename_errors: [], external_ids: [{current_external_id: 'old1', new_external_id: 'new1'}], message: 'success'},
      then: async (sandbox) => {
        await sandbox.track(attributes({external_id: 'old1', b: 2}));
        assert.deepEqual((await sandbox.profile('new1')).custom_attributes, {a: 1, b: 2});
        assert.equal((await sandbox.profile('old1')).external_id, 'new1');
      }},
    {name: 'rename of nobody, to one in use, of itself', given: [attributes({external_id: 'r1'}, {external_id: 'r2'})], post: '/users/external_ids/rename', body: {external_id_renames: [{current_external_id: 'zz', new_external_id: 'z'}, {current_external_id: 'r1', new_external_id: 'r2'}, {current_external_id: 'r1', new_external_id: 'r1'}]}, status: 201,
      is: (/** @type {any} */ body) => body.rename_errors.length === 3 && body.external_ids.length === 0 && body.message === 'success'},
    {name: 'an empty list', post: '/users/external_ids/rename', body: {external_id_renames: []}, status: 400},
    {name: 'remove the deprecated, and only it', given: [attributes({external_id: 'old2'})], post: '/users/external_ids/remove', body: {external_ids: ['old2']}, status: 201, is: (/** @type {any} */ body) => body.removal_errors.length === 1,
      then: async (sandbox) => {
        await sandbox.ask({path: '/users/external_ids/rename', body: {external_id_renames: [{current_external_id: 'old2', new_external_id: 'new2'}]}});
        const {body} = await sandbox.ask({path: '/users/external_ids/remove', body: {external_ids: ['old2']}});
        assert.deepEqual(body, {removed_ids: ['old2'], removal_errors: [], message: 'success'});
        assert.equal(await sandbox.profile('old2'), undefined);
        assert.equal((await sandbox.profile('new2')).external_id, 'new2');
      }},
    {name: 'deleting by a deprecated id deletes the profile', given: [attributes({external_id: 'old3'})], post: '/users/external_ids/rename', body: {external_id_renames: [{current_external_id: 'old3', new_external_id: 'new3'}]}, status: 201,
      then: async (sandbox) => {
        await sandbox.ask({path: '/users/delete', body: {external_ids: ['old3']}});
        assert.equal(await sandbox.profile('new3'), undefined);
      }},
  ],
  subscriptions: [
    {name: 'set, get, status', given: [attributes({external_id: 's1', email: 's1@ex.com'}, {email: 's1@ex.com', first_name: 'Same'}, {external_id: 's2'})], post: '/subscription/status/set', body: {subscription_group_id: 'group-1', subscription_state: 'subscribed', external_id: ['s1', 'nobody']}, status: 201, is: {message: 'success'},
      then: async (sandbox) => {
        const got = await sandbox.ask({method: 'GET', path: '/subscription/status/get?subscription_group_id=group-1&external_id%5B%5D=s1&external_id%5B%5D=s2&external_id[]=nobody'});
        assert.deepEqual(got.body, {status: {s1: 'Subscribed', s2: 'unknown', nobody: 'unknown'}, message: 'success'});
        await sandbox.ask({path: '/v2/subscription/status/set', body: {subscription_groups: [{subscription_group_id: 'group-1', subscription_state: 'unsubscribed', external_id: 's1'}, {subscription_group_id: 'group-2', subscription_state: 'subscribed', external_ids: ['s1']}]}});
        const {body} = await sandbox.ask({method: 'GET', path: '/subscription/user/status?external_id=s1'});
        assert.deepEqual(body, {users: [{email: 's1@ex.com', phone: null, external_id: 's1', subscription_groups: [{id: 'group-1', name: 'News', channel: 'email', status: 'Unsubscribed'}, {id: 'group-2', name: 'Texts', channel: 'sms', status: 'Subscribed'}]}], total_count: 1, message: 'success'});
        assert.equal((await sandbox.profiles({email_address: 's1@ex.com'}))[0].external_id, 's1');
      }},
    {name: 'e-mail and phone', post: '/subscription/status/set', body: {subscription_group_id: 'group-1', subscription_state: 'subscribed', email: ['a@ex.com'], phone: ['1']}, status: 400, message: 'Either an email address or a phone number should be provided, but not both.'},
    {name: 'an unknown group', post: '/subscription/status/set', body: {subscription_group_id: 'x', subscription_state: 'subscribed', external_id: 'a'}, status: 400, is: {message: 'Invalid subscription group ID'}},
    {name: 'an unknown group in v2', post: '/v2/subscription/status/set', body: {subscription_groups: [{subscription_group_id: 'x', subscription_state: 'subscribed', external_ids: ['a']}]}, status: 400, is: {message: 'Invalid subscription group ID'}},
    {name: 'an unknown group in a GET', get: '/subscription/status/get?subscription_group_id=x&external_id=a', status: 400, is: {message: 'Invalid subscription group ID'}},
  ],
  email: [
    {name: 'status', given: [attributes({external_id: 'em1', email: 'em1@ex.com'})], post: '/email/status', body: {email: 'EM1@ex.com', subscription_state: 'unsubscribed'}, status: 201, is: {message: 'success'},
      then: async (sandbox) => {
        assert.equal((await sandbox.profile('em1')).email_subscribe, 'unsubscribed');
        const {body} = await sandbox.ask({method: 'GET', path: '/email/unsubscribes?start_date=2020-01-01&end_date=2099-01-01'});
        assert.match(body.emails[0].unsubscribed_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$/);
        assert.equal(body.emails[0].email, 'em1@ex.com');
      }},
    {name: 'status of nobody', post: '/email/status', body: {email: 'nobody@ex.com', subscription_state: 'subscribed'}, status: 201},
    {name: 'status without a state', post: '/email/status', body: {email: 'a@ex.com'}, status: 400},
    ...['bounce/remove', 'spam/remove', 'blocklist', 'blacklist'].map((path) => ({name: path, post: `/email/${path}`, body: {email: ['a@ex.com']}, status: 201, is: {message: 'success'}})),
    {name: 'no address', post: '/email/blocklist', body: {}, status: 400},
    {name: 'hard bounces', get: '/email/hard_bounces?start_date=2020-01-01&end_date=2099-01-01', status: 200, is: {emails: [], message: 'success'}},
    {name: 'hard bounces of no time', get: '/email/hard_bounces', status: 400},
  ],
  sends: [
    {name: 'a campaign', given: [attributes({external_id: 'c1'}, {external_id: '7'})], post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1', send_id: 'sid', trigger_properties: {a: 1}, recipients: [{external_user_id: 'c1', attributes: {plan: 'x'}}, {external_user_id: 'c1'}, {external_user_id: 7}]}, status: 201,
      then: async (sandbox, {body}) => {
        assert.match(body.dispatch_id, /^[0-9a-f]{32}$/);
        assert.equal(body.send_id, 'sid');
        const profile = await sandbox.profile('c1');
        assert.equal(profile.custom_attributes.plan, 'x');
        assert.equal(profile.campaigns_received[0].api_campaign_id, 'campaign-1');
        assert.equal((await sandbox.profile('7')).campaigns_received.length, 1);
      }},
    {name: 'a campaign to one who is made', post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1', recipients: [{external_user_id: 'made', send_to_existing_only: false, attributes: {email: 'made@ex.com'}}]}, status: 201, then: async (sandbox) => assert.equal((await sandbox.profile('made')).email, 'made@ex.com')},
    {name: 'an unknown campaign', post: '/campaigns/trigger/send', body: {campaign_id: 'x', recipients: [{external_user_id: 'c1'}]}, status: 400, is: {message: 'Invalid Campaign ID'}},
    {name: 'no recipients', post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1'}, status: 400, is: {message: 'No Recipients'}},
    {name: 'broadcast and recipients', post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1', broadcast: true, recipients: [{external_user_id: 'c1'}]}, status: 400},
    {name: 'fifty-one recipients', post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1', recipients: times(51, (i) => ({external_user_id: `r${i}`}))}, status: 400, message: kIds},
    {name: 'too many properties', post: '/campaigns/trigger/send', body: {campaign_id: 'campaign-1', trigger_properties: {p: 'x'.repeat(51 * 1024)}, recipients: [{external_user_id: 'c1'}]}, status: 400},
    {name: 'a Canvas', given: [attributes({external_id: 'cv1'})], post: '/canvas/trigger/send', body: {canvas_id: 'canvas-1', canvas_entry_properties: {a: 1}, recipients: [{external_user_id: 'cv1'}]}, status: 201, code: 'BRZ_OLD_PROPERTIES', then: async (sandbox) => assert.equal((await sandbox.profile('cv1')).canvases_received[0].api_canvas_id, 'canvas-1')},
    {name: 'a paused Canvas', post: '/canvas/trigger/send', body: {canvas_id: 'canvas-paused', broadcast: true}, status: 201, has: {notice: 'The Canvas is paused. Resume the Canvas to ensure trigger requests will take effect.'}},
    {name: 'an archived Canvas', post: '/canvas/trigger/send', body: {canvas_id: 'canvas-archived', broadcast: true}, status: 201, has: {notice: 'The Canvas is archived. Unarchive the Canvas to ensure trigger requests will take effect.'}},
    {name: 'messages', post: '/messages/send', body: {external_user_ids: ['c1', 7], messages: {email: {body: 'hi'}}}, status: 201, has: {message: 'success'}, then: async (_, {body}) => assert.match(body.dispatch_id, /^[0-9a-f]{32}$/)},
    {name: 'no messages', post: '/messages/send', body: {external_user_ids: ['c1']}, status: 400, is: {message: 'No message to send'}},
    {name: 'messages to nobody', post: '/messages/send', body: {messages: {email: {}}}, status: 400, is: {message: 'No Recipients'}},
    {name: 'transactional', post: '/transactional/v1/campaigns/campaign-1/send', body: {external_send_id: 'e1', recipient: {external_user_id: 'c1'}}, status: 201, has: {status: 'sent', message: 'success'}},
    {name: 'a send id', post: '/sends/id/create', body: {campaign_id: 'campaign-1', send_id: 'mine'}, status: 201, is: {send_id: 'mine', message: 'success'}},
  ],
  schedules: [
    ...[['/messages', {external_user_ids: ['c1'], messages: {email: {}}}], ['/campaigns/trigger', {campaign_id: 'campaign-1'}], ['/canvas/trigger', {canvas_id: 'canvas-1'}]].map(([path, more]) => ({
      name: `${path}: create, update, list, delete`, post: `${path}/schedule/create`, body: {.../** @type {object} */ (more), schedule: {time: '2090-01-01T00:00:00Z'}}, status: 201, has: {message: 'success'},
      then: async (/** @type {Sandbox} */ sandbox, /** @type {Answer} */ {body}) => {
        const listed = async () => (await sandbox.ask({method: 'GET', path: '/messages/scheduled_broadcasts?end_time=2091-01-01T00%3A00%3A00Z'})).body.scheduled_broadcasts.map((/** @type {any} */ one) => [one.id, one.next_send_time]);
        assert.deepEqual(await listed(), [[body.schedule_id, '2090-01-01T00:00:00.000Z']]);
        const update = {schedule_id: body.schedule_id, schedule: {time: '2090-02-01T00:00:00Z'}};
        assert.equal((await sandbox.ask({path: `${path}/schedule/update`, body: update})).status, 201);
        assert.deepEqual(await listed(), [[body.schedule_id, '2090-02-01T00:00:00.000Z']]);
        assert.equal((await sandbox.ask({path: `${path}/schedule/delete`, body: update})).status, 201);
        assert.deepEqual(await listed(), []);
      },
    })),
    {name: 'without a time', post: '/messages/schedule/create', body: {messages: {email: {}}}, status: 400},
    {name: 'of nothing', post: '/messages/schedule/delete', body: {schedule_id: 'x'}, status: 400},
    {name: 'to no end', get: '/messages/scheduled_broadcasts', status: 400},
  ],
  dashboard: [
    {name: 'campaigns', get: '/campaigns/list?page=0&include_archived=false', status: 200, is: (/** @type {any} */ body) => body.campaigns[0].id === 'campaign-1' && body.campaigns[0].name === 'Welcome'},
    {name: 'a campaign', get: '/campaigns/details?campaign_id=campaign-1', status: 200, has: {name: 'Welcome', tags: ['hello'], message: 'success'}},
    {name: 'Canvases, with a question mark at the end', get: '/canvas/list?', status: 200, is: (/** @type {any} */ body) => body.canvases.length === 2},
    {name: 'archived ones too', get: '/canvas/list?include_archived=true', status: 200, is: (/** @type {any} */ body) => body.canvases.length === 3},
    {name: 'a Canvas', get: '/canvas/details?canvas_id=canvas-1', status: 200, has: {name: 'Onboarding', draft: false, steps: []}},
    {name: 'an unknown Canvas', get: '/canvas/details?canvas_id=x', status: 400, is: {message: 'canvas_id must be a string of the Canvas api identifier'}},
    {name: 'segments', get: '/segments/list?page=0', status: 200, is: (/** @type {any} */ body) => body.segments.length === 2 && body.segments[0].analytics_tracking_enabled === true},
    {name: 'a segment', get: '/segments/details?segment_id=segment-gold', status: 200, has: {name: 'Gold'}},
    {name: 'its size', get: '/segments/data_series?segment_id=segment-all&length=2', status: 200, is: (/** @type {any} */ body) => body.data.length === 2 && body.data[1].size > 0},
    {name: 'no length', get: '/segments/data_series?segment_id=segment-all', status: 400},
  ],
  analytics: [
    {name: 'events', given: [{events: times(3, () => ({external_id: 'an', name: 'counted', time: kWhen})), purchases: [{external_id: 'an', product_id: 'cup', currency: 'EUR', price: 2.5, quantity: 2, time: kWhen}]}], get: '/events/list', status: 200, is: (/** @type {any} */ body) => body.events.includes('counted')},
    {name: 'one event by day', get: '/events/data_series?event=counted&length=2&ending_at=2026-01-01T12:00:00Z', status: 200, is: {data: [{time: '2025-12-31', count: 0}, {time: '2026-01-01', count: 3}], message: 'success'}},
    {name: 'products', get: '/purchases/product_list?page=0', status: 200, is: {products: ['cup'], message: 'success'}},
    {name: 'revenue', get: '/purchases/revenue_series?length=1&ending_at=2026-01-01', status: 200, is: {data: [{time: '2026-01-01', revenue: 5}], message: 'success'}},
    {name: 'quantity', get: '/purchases/quantity_series?length=1&ending_at=2026-01-01&product=cup', status: 200, is: {data: [{time: '2026-01-01', purchase_quantity: 2}], message: 'success'}},
    ...['dau', 'mau', 'new_users', 'uninstalls'].map((name) => ({name, get: `/kpi/${name}/data_series?length=1`, status: 200, is: (/** @type {any} */ body) => typeof body.data[0][name] === 'number' && (name === 'uninstalls' || body.data[0][name] > 0)})),
    {name: 'sessions', get: '/sessions/data_series?length=1', status: 200, is: (/** @type {any} */ body) => body.data[0].sessions === 0},
  ],
  catalogs: [
    {name: 'create', post: '/catalogs', body: {catalogs: [{name: 'restaurants', description: 'd', fields: [{name: 'id', type: 'string'}, {name: 'City', type: 'string'}]}]}, status: 201, is: (/** @type {any} */ body) => body.catalogs[0].num_items === 0 && body.catalogs[0].source === 'Braze' && body.catalogs[0].fields[0].token.length > 0},
    {name: 'create again', post: '/catalogs', body: {catalogs: [{name: 'restaurants', fields: [{name: 'id', type: 'string'}]}]}, status: 400, is: {errors: [{id: 'catalog-name-already-exists', message: 'A catalog with that name already exists', parameters: ['name'], parameter_values: ['restaurants']}], message: 'Invalid Request'}},
    {name: 'no id first', post: '/catalogs', body: {catalogs: [{name: 'other', fields: [{name: 'x', type: 'string'}]}]}, status: 400},
    {name: 'items', post: '/catalogs/restaurants/items', body: {items: [{id: 'r1', City: 'Porto'}, {id: 'r2'}]}, status: 202, is: {message: 'success'},
      then: async (sandbox) => {
        const item = async () => (await sandbox.ask({method: 'GET', path: '/catalogs/restaurants/items/r1'})).body;
        assert.deepEqual(await item(), {items: [{id: 'r1', City: 'Porto'}], message: 'success'});
        assert.equal((await sandbox.ask({method: 'PATCH', path: '/catalogs/restaurants/items', body: {items: [{id: 'r1', Open: true}]}})).status, 202);
        assert.deepEqual((await item()).items, [{id: 'r1', City: 'Porto', Open: true}]);
        assert.equal((await sandbox.ask({method: 'PUT', path: '/catalogs/restaurants/items/r1', body: {items: [{City: 'Lisboa'}]}})).status, 200);
        assert.deepEqual((await item()).items, [{City: 'Lisboa', id: 'r1'}]);
        assert.equal((await sandbox.ask({method: 'DELETE', path: '/catalogs/restaurants/items/r1'})).status, 200);
        assert.equal((await sandbox.ask({method: 'GET', path: '/catalogs/restaurants/items/r1'})).status, 404);
        const listed = await sandbox.ask({method: 'GET', path: '/catalogs'});
        assert.equal(listed.body.catalogs[0].num_items, 1);
      }},
    {name: 'items of no catalog', post: '/catalogs/none/items', body: {items: [{id: 'a'}]}, status: 404},
    {name: 'fifty-one items', post: '/catalogs/restaurants/items', body: {items: times(51, (i) => ({id: `i${i}`}))}, status: 400},
  ],
  elsewhere: [
    {name: 'an unknown address', get: '/scim/v2/Users', status: 404, is: {message: 'Invalid URL'}},
    {name: 'two slashes', post: '//users/track', body: {}, status: 404, is: {message: 'Invalid URL'}, code: 'BRZ_UNKNOWN_PATH'},
  ],
};
