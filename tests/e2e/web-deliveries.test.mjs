// What is owed, in the browser: an operator signs in, sees what waits, is held or was refused, the
// newest first, reads what it holds, and settles it, by the keyboard; who may less sees less, and
// what is not shown is refused by the server as well.

import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {ChatPage, launch, violationsOf} from './support/browser.mjs';
import {Api, Client, firstOwner, keyWith, kPassword, signupAs, talk} from './support/operators.mjs';
import {answersOf, exportProfile, newPerson, setFaults} from './support/people.mjs';
import {Server, temporaryFolder} from './support/server.mjs';
import {until} from './support/until.mjs';

const kHolds = {mode: 'drop', path: '/users/track'};
const kStops = {mode: 'refuse', status: 401, path: '/users/track'};
const kUsers = {dev: 'developer@One', vera: 'viewer@One', otto: 'operator@Two'};

describe('what is owed, in the browser', () => {
  const data = join(temporaryFolder(), 'data');
  /** @type {Server} */ let server;
  /** @type {import('playwright-core').Browser} */ let browser;
  /** @type {Api} */ let api;
  /** @type {Client} */ let owner;
  /** @type {Record<string, ReturnType<typeof newPerson>>} */
  const people = {};

  before(async () => {
    server = await Server.start({data, solutions: [signupAs('One'), signupAs('Two')]});
    api = await Api.of(/** @type {any} */ (server.ready).api_url);
    owner = await firstOwner(api, /** @type {any} */ (server.ready).owner_link);
    const nobody = new Client(api, {'Origin': api.origin, 'X-Millrace': '1'});
    for (const [name, grant] of Object.entries(kUsers)) {
      const [role, solution] = grant.split('@');
      await owner.get('addUser', {body: {name, grants: [{role, solution}]}});
      const {token} = await owner.get('makeLink', {values: {user: name}, body: {}});
      await nobody.get('useLink', {body: {token, password: kPassword}});
    }
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** @param {string} state */
  const listed = (state) =>
    owner.all('listDeliveries', {query: {state, solution: 'One', order: 'newest'}});
  /**
   * Somebody signs up, and Braze does that to the first try.
   * @param {string} name @param {object} fault
   */
  async function signUp(name, fault) {
    const before = new Set((await listed('open')).map(({key}) => key));
    await setFaults(server.ready, fault);
    people[name] = newPerson();
    const talked = talk(server.ready, 'One', name, ['hi', ...answersOf(people[name])]);
    await until('the first try', async () =>
      (await listed('open')).some(({key, attempts, stopped}) =>
        !before.has(key) && (attempts || stopped)));
    await setFaults(server.ready, {mode: 'none'});
    await talked;
  }
  /** @param {string} state @param {number} count */
  const untilListed = (state, count) =>
    until(`${count} ${state}`, async () => {
      const all = await listed(state);
      return all.length === count && all;
    }, 60_000);

  /** Opens the page as somebody who has to sign in first. @param {string} name */
  async function openAs(name, query = '', options = {}) {
    const address = `${api.origin}/operator/deliveries${query}`;
    const seen = await ChatPage.open(browser, address, options);
    await seen.page.locator('#name').fill(name);
    await seen.page.locator('#password').fill(kPassword);
    await seen.page.keyboard.press('Enter');
    await seen.page.getByRole('heading', {name: 'What is owed'}).waitFor();
    return seen;
  }
  /** @param {import('playwright-core').Page} page */
  const items = (page) => page.locator('#deliveries > li');
  /** @param {import('playwright-core').Page} page */
  const keysIn = (page) =>
    items(page).evaluateAll((all) => all.map((each) => each.dataset.key));
  /**
   * Goes on with Tab until that has the focus.
   * @param {import('playwright-core').Page} page @param {string} to
   */
  async function tabTo(page, to) {
    for (let presses = 0; presses < 40; ++presses) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), to)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not come to ${to}`);
  }

  test('is seen the newest first, read, dropped and sent again without a mouse', async () => {
    await signUp('held-1', kHolds);
    await signUp('held-2', kHolds);
    const held = await untilListed('held', 2);
    const seen = await openAs('anna');
    const {page} = seen;
    await items(page).nth(1).waitFor();
    assert.deepEqual(await keysIn(page), held.map(({key}) => key));
    assert.deepEqual(await violationsOf(page), []);

    await tabTo(page, 'summary');
    await page.keyboard.press('Enter');
    await page.getByText('so it may have happened').first().waitFor();
    const email = people['held-2'].email.toLowerCase();
    const html = await page.content();
    assert.ok(!html.toLowerCase().includes(email), 'shown before it was asked for');
    await tabTo(page, '[data-do="reveal"]');
    await page.keyboard.press('Enter');
    await page.locator('pre', {hasText: new RegExp(email, 'i')}).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    const [noted] = await owner.all('listAudit', {query: {action: 'delivery.reveal'}});
    assert.equal(noted.object, held[0].key);

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.keyboard.press('Escape');
    await seen.hasFocus('[data-do="drop"]');
    assert.equal((await listed('held')).length, 2, 'whoever thinks better of it changes nothing');
    await page.keyboard.press('Enter');
    await tabTo(page, 'dialog[open] [data-do="yes"]');
    await page.keyboard.press('Enter');
    const [dropped] = await untilListed('dropped', 1);
    assert.equal(dropped.key, held[0].key);
    await until('one of two', async () => (await items(page).count()) === 1);

    await items(page).locator('summary').click();
    await page.locator('[data-do="retry"]').click();
    await page.getByText('would then be there twice').waitFor();
    await page.locator('dialog[open] [data-do="yes"]').click();
    await page.getByText('There is none of that kind.').waitFor();
    await page.getByLabel('State').selectOption('All');
    await items(page).nth(1).waitFor();
    assert.deepEqual(await page.locator('.state').allInnerTexts(), ['Dropped', 'Delivered']);
    assert.match(page.url(), /\?state=&/);
    const profile = await exportProfile(server.ready, {
      email_address: people['held-1'].email.toLowerCase(),
    });
    assert.equal(profile.custom_events[0].count, 2, 'it had happened');
    await seen.close();
  });

  test('waits at a receiver that is stopped, until somebody lets it go on', async () => {
    await signUp('stopped', kStops);
    const seen = await openAs('anna', '?state=waiting', {
      viewport: {width: 320, height: 640}, colorScheme: 'dark',
    });
    const {page} = seen;
    await items(page).first().waitFor();
    assert.deepEqual(await page.locator('.state').allInnerTexts(), ['Stopped']);
    assert.deepEqual(await violationsOf(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), 'too wide');
    await tabTo(page, '[data-do="resume"]');
    await page.keyboard.press('Enter');
    await page.getByText('It goes on.').waitFor();
    await page.getByText('There is none of that kind.').waitFor();
    assert.equal(await page.locator('[data-do="resume"]').count(), 0);
    await seen.close();
  });

  test('leads to its chat and back', async () => {
    const [{chat, key}] = await listed('dropped');
    const seen = await openAs('anna', `?state=&chat=${chat}`);
    const {page} = seen;
    await items(page).first().waitFor();
    assert.deepEqual(await keysIn(page), [key]);
    await page.locator('summary').click();
    await page.getByRole('link', {name: chat}).click();
    await page.getByText(people['held-2'].city).first().waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.getByRole('link', {name: 'what it owed'}).click();
    await items(page).first().waitFor();
    await seen.close();
  });

  test('is offered to nobody who may not', async () => {
    await signUp('held-3', kHolds);
    const [held] = await untilListed('held', 1);
    const seen = await openAs('dev', '?state=held');
    const {page} = seen;
    await page.locator('summary').click();
    await page.getByText('so it may have happened').waitFor();
    assert.equal(await page.locator('.actions button').count(), 0);
    await page.getByRole('link', {name: held.chat}).click();
    await page.getByText('you may not read it').waitFor();
    assert.ok(!(await page.content()).includes(people['held-3'].email), 'masked');
    await seen.close();
    const key = await keyWith(api, data, kUsers.dev);
    for (const id of ['retryDelivery', 'dropDelivery']) {
      assert.equal((await key.ask(id, {values: {delivery: held.key}})).status, 403, id);
    }

    const other = await openAs('otto', '?state=');
    await other.page.getByText('There is none of that kind.').waitFor();
    assert.equal(await items(other.page).count(), 0);
    await other.close();

    const viewer = await openAs('vera');
    await viewer.page.locator('#said.bad:not(:empty)').waitFor();
    await viewer.page.goto(`${api.origin}/operator/`);
    await viewer.page.getByText('Signed in as').waitFor();
    assert.ok(await viewer.page.locator('#deliveries').isHidden());
    await viewer.page.goto(`${api.origin}/operator/?to=//elsewhere.example/`);
    await viewer.page.getByText('Signed in as').waitFor();
    await viewer.close();
  });
});
