// npm braze-api, unmodified: every call it has for an endpoint of the sandbox's, the state read back
// through users/export/ids.

import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {Braze} from 'braze-api';

import {Sandbox, kKey, kWorkspace} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';

describe('npm braze-api', () => {
  /** @type {Sandbox} */
  let sandbox;
  /** @type {any} its types know fewer shapes than Braze answers with */
  let braze;
  before(async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'workspace.json'), JSON.stringify(kWorkspace));
    sandbox = await Sandbox.start({data: join(folder, 'data'), more: ['--workspace', join(folder, 'workspace.json')]});
    braze = new Braze(sandbox.url, kKey);
  });
  after(async () => assert.equal(await sandbox.end(), 0));

  const exported = async (/** @type {object} */ body) => (await braze.users.export.ids(body)).users;

  test('users.track, also in bulk', async () => {
    const body = {attributes: [{external_id: 'u1', first_name: 'Ana', email: 'ana@ex.com', plan: 'gold'}], events: [{external_id: 'u1', name: 'e', time: '2026-01-01T00:00:00Z'}], purchases: [{external_id: 'u1', product_id: 'p', currency: 'EUR', price: 2, time: '2026-01-01T00:00:00Z'}]};
    assert.deepEqual(await braze.users.track(body), {attributes_processed: 1, events_processed: 1, purchases_processed: 1, message: 'success'});
    await braze.users.track({attributes: [{external_id: 'u2', first_name: 'Bo'}]}, true);
    const [one, two] = await exported({external_ids: ['u1', 'u2'], fields_to_export: ['first_name', 'total_revenue', 'custom_events']});
    assert.deepEqual([one.first_name, one.total_revenue, one.custom_events[0].count, two.first_name], ['Ana', 2, 1, 'Bo']);
  });

  test('users.track that is refused rejects with the status and the errors', async () => {
    await assert.rejects(braze.users.track({attributes: [{external_id: 'u1', email: 'bad'}]}), (/** @type {any} */ error) => {
      assert.equal(error.status, 400);
      assert.equal(error.errors[0].input_array, 'attributes');
      return true;
    });
    await assert.rejects(/** @type {any} */ (new Braze(sandbox.url, 'WRONG')).users.track({}), (/** @type {any} */ error) => error.status === 401 && error.message === 'Invalid API key: WRONG');
  });

  test('users.alias.new and update, users.identify', async () => {
    const one = {alias_name: 'a1', alias_label: 'chat'};
    assert.deepEqual(await braze.users.alias.new({user_aliases: [one]}), {aliases_processed: 1, message: 'success'});
    await braze.users.alias.update({alias_updates: [{alias_label: 'chat', old_alias_name: 'a1', new_alias_name: 'a2'}]});
    const user_alias = {alias_name: 'a2', alias_label: 'chat'};
    assert.deepEqual(await braze.users.identify({aliases_to_identify: [{external_id: 'u3', user_alias}]}), {aliases_processed: 1, message: 'success'});
    const [{user_aliases}] = await exported({external_ids: ['u3'], fields_to_export: ['user_aliases']});
    assert.deepEqual(user_aliases, [user_alias]);
  });

  test('users.merge and users.delete', async () => {
    await braze.users.track({attributes: [{external_id: 'm1', a: 1}, {external_id: 'm2', b: 2}, {external_id: 'gone'}]});
    assert.deepEqual(await braze.users.merge({merge_updates: [{identifier_to_merge: {external_id: 'm1'}, identifier_to_keep: {external_id: 'm2'}}]}), {message: 'success'});
    assert.deepEqual(await braze.users.delete({external_ids: ['gone']}), {deleted: 1, message: 'success'});
    const answer = await braze.users.export.ids({external_ids: ['m1', 'm2', 'gone'], fields_to_export: ['custom_attributes']});
    assert.deepEqual(answer, {users: [{custom_attributes: {b: 2, a: 1}}], invalid_user_ids: ['m1', 'gone'], message: 'success'});
  });

  test('users.external_ids.rename and remove', async () => {
    await braze.users.track({attributes: [{external_id: 'old'}]});
    const renamed = await braze.users.external_ids.rename({external_id_renames: [{current_external_id: 'old', new_external_id: 'new'}]});
    assert.deepEqual(renamed.external_ids, [{current_external_id: 'old', new_external_id: 'new'}]);
    assert.deepEqual((await braze.users.external_ids.remove({external_ids: ['old']})).removed_ids, ['old']);
    const answer = await braze.users.export.ids({external_ids: ['old', 'new'], fields_to_export: ['external_id']});
    assert.deepEqual([answer.users, answer.invalid_user_ids], [[{external_id: 'new'}], ['old']]);
  });

  test('users.export.segment', async () => {
    const answer = await braze.users.export.segment({segment_id: 'segment-all', fields_to_export: ['external_id']});
    assert.match(answer.url, /^http:.*\.zip$/);
  });

  test('users.export.global_control_group', async () => {
    const group = {name: 'Control', global_control_group: true, filter: {external_ids: ['u1']}};
    await fetch(`${sandbox.url}/_sandbox/workspace/segments/segment-control`, {
      method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(group),
    });
    const wanted = {fields_to_export: ['external_id']};
    const answer = await braze.users.export.global_control_group(wanted);
    assert.match(answer.url, /^http:.*\.zip$/);
    await fetch(`${sandbox.url}/_sandbox/workspace/segments/segment-control`, {method: 'DELETE'});
  });

  test('templates.content_blocks: create, list, get, update', async () => {
    const blocks = braze.templates.content_blocks;
    const made = await blocks.create({name: 'footer', content: '<p>Bye</p>'});
    assert.equal(made.liquid_tag, '{{content_blocks.${footer}}}');
    const {content_block_id} = made;
    assert.equal((await blocks.get({content_block_id})).content, '<p>Bye</p>');
    await blocks.update({content_block_id, content: 'Bye'});
    const {content_blocks, count} = await blocks.list({limit: 10});
    assert.deepEqual([count, content_blocks[0].content_type], [1, 'text']);
    await assert.rejects(blocks.create({name: 'footer', content: 'x'}),
      {message: 'Content Block with this name already exists.'});
  });

  test('templates.email_templates: create, list, get, update', async () => {
    const emails = braze.templates.email_templates;
    const weekly = {template_name: 'Weekly', subject: 'S', body: 'b'};
    const {email_template_id} = await emails.create(weekly);
    await emails.update({email_template_id, subject: 'T'});
    assert.equal((await emails.get({email_template_id})).subject, 'T');
    assert.equal((await emails.list({limit: 5})).templates[0].template_name, 'Weekly');
  });

  test('campaigns: list, details, trigger.send, trigger.schedule', async () => {
    assert.equal((await braze.campaigns.list({page: 0, include_archived: false})).campaigns[0].id, 'campaign-1');
    assert.equal((await braze.campaigns.details({campaign_id: 'campaign-1'})).name, 'Welcome');
    const sent = await braze.campaigns.trigger.send({campaign_id: 'campaign-1', trigger_properties: {a: 1}, recipients: [{external_user_id: 'u1'}]});
    assert.match(sent.dispatch_id, /^[0-9a-f]{32}$/);
    const [{campaigns_received}] = await exported({external_ids: ['u1'], fields_to_export: ['campaigns_received']});
    assert.equal(campaigns_received[0].name, 'Welcome');
    const {schedule_id} = await braze.campaigns.trigger.schedule.create({campaign_id: 'campaign-1', recipients: [{external_user_id: 'u1'}], schedule: {time: '2090-01-01T00:00:00Z'}});
    assert.equal((await braze.campaigns.trigger.schedule.update({campaign_id: 'campaign-1', schedule_id, schedule: {time: '2090-02-01T00:00:00Z'}})).message, 'success');
    assert.equal((await braze.campaigns.trigger.schedule.delete({campaign_id: 'campaign-1', schedule_id})).message, 'success');
  });

  test('canvas: list, trigger.send, trigger.schedule', async () => {
    assert.deepEqual((await braze.canvas.list()).canvases.map((/** @type {any} */ one) => one.id), ['canvas-1', 'canvas-paused']);
    await braze.canvas.trigger.send({canvas_id: 'canvas-1', canvas_entry_properties: {a: 1}, recipients: [{external_user_id: 'u1'}]});
    const [{canvases_received}] = await exported({external_ids: ['u1'], fields_to_export: ['canvases_received']});
    assert.equal(canvases_received[0].name, 'Onboarding');
    const {schedule_id} = await braze.canvas.trigger.schedule.create({canvas_id: 'canvas-1', schedule: {time: '2090-01-01T00:00:00Z'}});
    await braze.canvas.trigger.schedule.update({canvas_id: 'canvas-1', schedule_id, schedule: {time: '2090-02-01T00:00:00Z'}});
    await braze.canvas.trigger.schedule.delete({canvas_id: 'canvas-1', schedule_id});
  });

  test('messages: send, schedule, scheduled_broadcasts', async () => {
    const messages = {email: {app_id: 'a', from: 'b@ex.com', body: 'hi'}};
    assert.match((await braze.messages.send({external_user_ids: ['u1'], messages})).dispatch_id, /^[0-9a-f]{32}$/);
    const {schedule_id} = await braze.messages.schedule.create({external_user_ids: ['u1'], messages, schedule: {time: '2090-01-01T00:00:00Z'}});
    await braze.messages.schedule.update({schedule_id, schedule: {time: '2090-02-01T00:00:00Z'}});
    const {scheduled_broadcasts: kept} = await braze.messages.scheduled_broadcasts({end_time: '2090-12-01T00:00:00Z'});
    assert.deepEqual(kept.map((/** @type {any} */ one) => one.next_send_time), ['2090-02-01T00:00:00.000Z']);
    await braze.messages.schedule.delete({schedule_id});
  });

  test('segments: list, details, analytics', async () => {
    assert.equal((await braze.segments.list({page: 0})).segments.length, 2);
    assert.equal((await braze.segments.details({segment_id: 'segment-gold'})).name, 'Gold');
    assert.equal((await braze.segments.analytics({segment_id: 'segment-gold', length: 3})).data.length, 3);
  });

  test('subscription: set in both versions, get, user.status', async () => {
    await braze.subscription.status.set({subscription_group_id: 'group-1', subscription_state: 'subscribed', external_id: ['u1']});
    assert.deepEqual((await braze.subscription.status.get({subscription_group_id: 'group-1', external_id: ['u1', 'u2']})).status, {u1: 'Subscribed', u2: 'unknown'});
    await braze.v2.subscription.status.set({subscription_groups: [{subscription_group_id: 'group-1', subscription_state: 'unsubscribed', external_ids: ['u1']}]});
    const {users} = await braze.subscription.user.status({external_id: 'u1'});
    assert.equal(users[0].subscription_groups[0].status, 'Unsubscribed');
    const [profile] = await exported({external_ids: ['u1'], fields_to_export: ['subscription_groups']});
    assert.equal(profile.subscription_groups[0].subscription_state, 'unsubscribed');
  });

  test('email: blacklist, bounce.remove, spam.remove', async () => {
    for (const call of [braze.email.blacklist, braze.email.bounce.remove, braze.email.spam.remove]) {
      assert.deepEqual(await call({email: ['ana@ex.com']}), {message: 'success'});
    }
  });

  test('catalogs, sends.id.create, transactional', async () => {
    await sandbox.ask({path: '/catalogs', body: {catalogs: [{name: 'cups', fields: [{name: 'id', type: 'string'}]}]}});
    await sandbox.ask({path: '/catalogs/cups/items', body: {items: Array.from({length: 50}, (_, i) => ({id: `a${i}`}))}});
    await sandbox.ask({path: '/catalogs/cups/items', body: {items: [{id: 'z'}]}});
    assert.equal((await braze.catalogs.synchronous.list()).catalogs[0].num_items, 51);
    const seen = [];
    for await (const item of braze.catalogs.synchronous.items({catalog_name: 'cups'})) seen.push(item);
    assert.equal(seen.length, 51);
    assert.deepEqual((await braze.catalogs.synchronous.item({catalog_name: 'cups', item_id: 'z'})).items, [{id: 'z'}]);
    assert.equal((await braze.sends.id.create({campaign_id: 'campaign-1', send_id: 's'})).send_id, 's');
    const sent = await braze.transactional.v1.campaigns.send('campaign-1', {recipient: {external_user_id: 'u1'}});
    assert.equal(sent.status, 'sent');
  });
});
