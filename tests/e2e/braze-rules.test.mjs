// Rules of the sandbox's that other people's suites found it to lack, over HTTP: addresses,
// recommended events, DELETE with a body, paths, numbers, exports, catalogs (reference:
// email-addresses.md, recommended-events.md, other-endpoints.md 5, 9). The whole tables are beside
// the code; these are what the edge could break.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {Sandbox} from './support/braze.mjs';
import {temporaryFolder} from './support/server.mjs';

const kBadEmail = "The value provided for the 'email' field is not a valid email.";
const kWhen = '2026-01-01T00:00:00Z';
const kProduct = {product_id: 'p', product_name: 'n', variant_id: 'v', quantity: 1, price: 9.5};
const kOrder = {currency: 'USD', source: 'web', products: [kProduct]};

describe('rules', () => {
  /** @type {Sandbox} */
  let sandbox;
  before(async () => {
    sandbox = await Sandbox.start({data: temporaryFolder(), more: ['--unlimited']});
  });
  after(async () => assert.equal(await sandbox.end(), 0));

  const taken = [
    'ana@example.com',
    'a&b@example.com',
    'jürgen@example.com',
    '用户@example.com',
    'a..b@example.com',
    'ana@xn--mnchen-3ya.de',
    'ana@xn--e1afmkfd.xn--p1ai',
    'ana+x@hotmail.com',
    'ab@gmail.com',
    `${'a'.repeat(65)}@example.com`,
  ];
  const refused = [
    'ana',
    'an a@example.com',
    ' ana@example.com',
    'ana@example.com ',
    'ana.@example.com',
    "'ana@example.com",
    'a!b@example.com',
    'a,b@example.com',
    'ana@münchen.de',
    'ana@example.test',
    'ana@127.0.0.1',
    'a..b@outlook.com',
    "o'b@live.com",
    'jürgen@hotmail.de',
    'a@gmail.com',
    'ana@example',
  ];
  for (const email of [...taken, ...refused]) {
    test(`the address ${email}`, async () => {
      const answer = await sandbox.track({attributes: [{external_id: 'mail', email}]});
      assert.equal(answer.status, taken.includes(email) ? 201 : 400, answer.text);
      if (answer.status === 400) assert.equal(answer.body.errors[0].type, kBadEmail);
    });
  }

  const events = [
    ['cart_updated', {...kOrder, cart_id: 'c', action: 'add'}, 201],
    ['cart_updated', {...kOrder, cart_id: 'c', action: 'remove'}, 201],
    ['cart_updated', {...kOrder, cart_id: 'c', action: 'replace'}, 400],
    ['cart_updated', {...kOrder, cart_id: 'c'}, 400],
    ['cart_updated', {...kOrder, cart_id: 'c', total_value: 1, subtotal_value: 1, tax: 0}, 201],
    ['checkout_started', {...kOrder, checkout_id: 'k', total_value: 1, tax: 1, shipping: 1}, 201],
    ['order_placed', {...kOrder, order_id: 'o', total_value: 1, tax: 1, shipping: 1}, 201],
    ['order_refunded', {...kOrder, order_id: 'o', total_value: 1}, 201],
    ['order_refunded', {...kOrder, order_id: 'o'}, 400],
    ['order_cancelled', {...kOrder, order_id: 'o', total_value: 1, cancel_reason: 'r'}, 201],
    ['order_cancelled', {...kOrder, order_id: 'o', total_value: 1}, 400],
  ];
  for (const [name, properties, status] of events) {
    test(`${name} of ${JSON.stringify(properties)} is ${status}`, async () => {
      const event = {external_id: 'buyer', name: `ecommerce.${name}`, time: kWhen, properties};
      const answer = await sandbox.track({events: [event]});
      assert.equal(answer.status, status, answer.text);
    });
  }

  test('a DELETE has its items in its body, and a catalog shows what it is made of', async () => {
    const fields = [
      {name: 'id', type: 'string'},
      {name: 'City', type: 'string'},
    ];
    const made = await sandbox.ask({path: '/catalogs', body: {catalogs: [{name: 'r', fields}]}});
    const [catalog] = made.body.catalogs;
    assert.deepEqual(
      catalog.fields.map((/** @type {any} */ field) => field.token),
      ['-1', '0'],
    );
    assert.deepEqual([catalog.selections, catalog.selections_size], [[], 0]);
    assert.equal(typeof catalog.storage_size, 'number');
    assert.match(catalog.updated_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
    const items = [{id: 'restaurant1'}, {id: 'restaurant2', City: 'Porto'}];
    await sandbox.ask({path: '/catalogs/r/items', body: {items}});
    const gone = {
      method: 'DELETE',
      path: '/catalogs/r/items',
      body: {items: [{id: 'restaurant1'}]},
    };
    const answer = await sandbox.ask(gone);
    assert.deepEqual([answer.status, answer.body], [202, {message: 'success'}]);
    const {body} = await sandbox.ask({method: 'GET', path: '/catalogs/r/items'});
    assert.deepEqual(body.items, [items[1]]);
  });

  test('fields and selections of a catalog', async () => {
    const fields = [
      {name: 'id', type: 'string'},
      {name: 'Rating', type: 'number'},
    ];
    await sandbox.ask({path: '/catalogs', body: {catalogs: [{name: 's', fields}]}});
    const ask = (
      /** @type {string} */ method,
      /** @type {string} */ path,
      /** @type {any} */ body,
    ) => sandbox.ask({method, path: `/catalogs/${path}`, body});
    const code = (/** @type {any} */ answer) => [answer.status, answer.body.errors?.[0].id];
    const add = (/** @type {any} */ more) => ask('POST', 's/fields', {fields: more});
    assert.equal(
      (
        await add([
          {name: 'City', type: 'string'},
          {name: 'Tags', type: 'array'},
        ])
      ).status,
      202,
    );
    assert.deepEqual(code(await add([{name: 'City', type: 'string'}])), [
      400,
      'field-names-not-unique',
    ]);
    assert.deepEqual(code(await add([{name: 'a b', type: 'string'}])), [
      400,
      'invalid-field-names',
    ]);
    assert.deepEqual(code(await add([{name: 'a', type: 'text'}])), [400, 'invalid-field-types']);
    assert.deepEqual(code(await add('x')), [400, 'invalid-fields']);
    const many = Array.from({length: 51}, (_, i) => ({name: `f${i}`, type: 'string'}));
    assert.deepEqual(code(await add(many)), [400, 'request-includes-too-many-fields']);
    assert.deepEqual(code(await ask('POST', 'none/fields', {fields})), [404, 'catalog-not-found']);

    const selection = {
      name: 'best',
      filters: [
        {field: 'City', operator: 'equals', value: 'NYC'},
        {field: 'Rating', operator: 'greater than', value: 7},
      ],
      results_limit: 5,
      sort_field: 'Rating',
      sort_order: 'desc',
    };
    const select = async (/** @type {object} */ more) =>
      ask('POST', 's/selections', {selection: {...selection, ...more}});
    assert.equal((await select({})).status, 202);
    const filter = (/** @type {string} */ field, /** @type {string} */ operator) => ({
      name: 'x',
      filters: [{field, operator, value: 1}],
    });
    const five = {name: 'x', filters: Array(5).fill(selection.filters[0])};
    const arrays = {
      name: 'x',
      filters: Array(2).fill({field: 'Tags', operator: 'includes value', value: 'a'}),
    };
    for (const [more, wanted] of /** @type {[object, string][]} */ ([
      [{}, 'selection-name-already-exists'],
      [{name: 'a b'}, 'invalid-selection'],
      [filter('City', 'greater than'), 'selection-has-invalid-filter'],
      [filter('None', 'equals'), 'selection-has-invalid-filter'],
      [five, 'too-many-filters'],
      [arrays, 'selection-contains-too-many-arrays'],
      [{name: 'x', results_limit: 51}, 'selection-invalid-results-limit'],
      [{name: 'x', sort_order: undefined}, 'invalid-sorting'],
      [{name: 'x', sort_field: 'None'}, 'invalid-sort-field'],
      [{name: 'x', sort_order: 'up'}, 'invalid-sort-order'],
    ])) {
      assert.deepEqual(code(await select(more)), [400, wanted], JSON.stringify(more));
    }
    const shown = async () =>
      (await ask('GET', '', undefined)).body.catalogs.find(
        (/** @type {any} */ one) => one.name === 's',
      );
    const before_ = await shown();
    assert.deepEqual(before_.selections, [selection]);
    assert.ok(before_.selections_size > 0);
    assert.deepEqual(code(await ask('DELETE', 's/fields/City', undefined)), [
      400,
      'field-referenced-by-selection',
    ]);
    assert.equal((await ask('DELETE', 's/selections/best', undefined)).status, 202);
    assert.deepEqual(code(await ask('DELETE', 's/selections/best', undefined)), [
      404,
      'invalid-selection',
    ]);
    assert.equal((await ask('DELETE', 's/fields/City', undefined)).status, 202);
    assert.deepEqual(code(await ask('DELETE', 's/fields/City', undefined)), [
      404,
      'invalid-field-name',
    ]);
    assert.deepEqual(
      (await shown()).fields.map((/** @type {any} */ field) => field.name),
      ['id', 'Rating', 'Tags'],
    );
  });

  test('a slash at the end of a path is the same path', async () => {
    const body = {attributes: [{external_id: 'slash', plan: 'gold'}]};
    assert.equal((await sandbox.ask({path: '/users/track/', body})).status, 201);
    assert.equal((await sandbox.profile('slash')).custom_attributes.plan, 'gold');
    assert.equal((await sandbox.ask({method: 'GET', path: '/canvas/list/?'})).status, 200);
  });

  test('an export says what a profile has, in numbers as people write them', async () => {
    await sandbox.track({
      attributes: [{external_id: 'least', height: 1.5, tiny: 1e-7, country: 'PRT'}],
    });
    const {text, body} = await sandbox.ask({
      path: '/users/export/ids',
      body: {external_ids: ['least']},
    });
    assert.deepEqual(Object.keys(body.users[0]).sort(), [
      'appboy_id',
      'braze_id',
      'country',
      'created_at',
      'custom_attributes',
      'email_subscribe',
      'external_id',
      'push_subscribe',
      'random_bucket',
      'total_revenue',
      'user_aliases',
    ]);
    assert.match(text, /"height":1\.5,"tiny":0\.0000001/);
    assert.equal(body.users[0].country, 'PT');
  });
});
