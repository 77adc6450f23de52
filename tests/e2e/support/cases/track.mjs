// The cases of braze-sandbox.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';

import {Sandbox, kExportKey, kKey, kThirdKey} from '../braze.mjs';

export const kNothing = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.";
const kNoId = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required";
const kBadEmail = "The value provided for the 'email' field is not a valid email.";
const kWhen = '2026-01-01T00:00:00Z';

/** @typedef {import('../braze.mjs').Ask} Ask */
/** @typedef {import('../braze.mjs').Answer} Answer */
/**
 * @typedef {{
 *   number: number, name: string, on?: string, ask?: Partial<Ask>, body?: unknown, status: number,
 *   body_is?: unknown, message?: string | RegExp, error?: string, code?: string,
 *   then?: (sandbox: Sandbox, answer: Answer) => Promise<void>,
 * }} Case
 */

let ids = 0;
const fresh = (/** @type {string} */ name = 'u') => `${name}-${++ids}`;
const event = (/** @type {object} */ more = {}) => ({external_id: 'e', name: 'n', time: kWhen, ...more});
const purchase = (/** @type {object} */ more = {}) => (
  {external_id: 'p', product_id: 'x', currency: 'EUR', price: 2.5, time: kWhen, ...more});
const attribute = (/** @type {object} */ more = {}) => ({external_id: 'a', first_name: 'Ana', ...more});
const many = (/** @type {number} */ count) => Array.from({length: count}, () => event());

/** One attributes object for a user of its own, then what is to be seen of it.
 * @param {number} number @param {string} name @param {object[]} steps
 * @param {(profile: any, sandbox: Sandbox) => void | Promise<void>} check @returns {Case} */
function becomes(number, name, steps, check) {
  const id = fresh('become');
  const [last, ...before_] = [...steps].reverse();
  return {
    number, name, status: 201,
    body: {attributes: [...before_.reverse(), last].map((step) => ({external_id: id, ...step}))},
    then: async (sandbox) => check(await sandbox.profile(id), sandbox),
  };
}

/** @type {Case[]} */
export const kCases = [
  {number: 1, name: 'no Authorization', ask: {authorization: ''}, body: {attributes: [attribute()]}, status: 401, message: 'Invalid API key: '},
  {number: 2, name: 'a key without Bearer', ask: {authorization: kThirdKey}, body: {attributes: [attribute()]}, status: 401, message: `Invalid API key: ${kThirdKey}`, code: 'BRZ_MISSING_BEARER',
    then: async (_, {text, diagnostics}) => {
      assert.match(text, /Invalid/);
      assert.match(diagnostics[0].message, /the key itself matches key #3/);
    }},
  {number: 3, name: 'a wrong key', ask: {authorization: 'Bearer WRONG'}, body: {attributes: [attribute()]}, status: 401, body_is: {message: 'Invalid API key: WRONG'}, code: 'BRZ_UNKNOWN_KEY'},
  {number: 4, name: 'a key in quotes', ask: {authorization: `Bearer "${kKey}"`}, body: {attributes: [attribute()]}, status: 401, code: 'BRZ_QUOTED_KEY'},
  {number: 5, name: 'a key without the permission', ask: {authorization: `Bearer ${kExportKey}`}, body: {attributes: [attribute()]}, status: 403, body_is: {message: 'Access Denied'}},
  {number: 6, name: 'api_key in the body', ask: {authorization: ''}, body: {api_key: kKey, attributes: [attribute()]}, status: 201, code: 'BRZ_LEGACY_API_KEY'},
  {number: 6, name: 'api_key in the query', ask: {authorization: '', path: `/users/track?api_key=${kKey}`}, body: {attributes: [attribute()]}, status: 201, code: 'BRZ_LEGACY_API_KEY'},
  {number: 6, name: 'api_key, strictly', on: 'legacy', ask: {authorization: ''}, body: {api_key: kKey, attributes: [attribute()]}, status: 401},
  {number: 7, name: 'text/plain', ask: {headers: {'Content-Type': 'text/plain'}}, body: {attributes: [attribute()]}, status: 415},
  {number: 8, name: 'malformed JSON', body: '{bad json', status: 400},
  {number: 8, name: 'an empty body', body: '', status: 400, message: kNothing},
  {number: 8, name: 'no object', body: '[1]', status: 400},
  {number: 9, name: 'nothing in it', body: {}, status: 400, body_is: {message: kNothing}},
  {number: 9, name: 'all arrays empty', body: {attributes: [], events: [], purchases: []}, status: 400, body_is: {message: kNothing}},
  {number: 9, name: 'an array field that is none', body: {attributes: attribute()}, status: 400, message: kNothing},
  {number: 10, name: 'the payload in the query', ask: {path: '/users/track?attributes=external_id&events=name&partner=pypestream'}, body: '', status: 400, message: kNothing, code: 'BRZ_PAYLOAD_IN_QUERY'},
  {number: 11, name: 'one attribute', body: {attributes: [attribute()]}, status: 201, body_is: {attributes_processed: 1, message: 'success'}},
  {number: 12, name: 'all three arrays', body: {attributes: [attribute()], events: [event()], purchases: [purchase()]}, status: 201, body_is: {attributes_processed: 1, events_processed: 1, purchases_processed: 1, message: 'success'}},
  {number: 13, name: 'partner', body: {partner: 'pypestream', attributes: [attribute()]}, status: 201, body_is: {attributes_processed: 1, message: 'success'}},
  {number: 14, name: 'an integer as external_id', body: {attributes: [attribute({external_id: 4711})]}, status: 201,
    then: async (sandbox) => assert.equal((await sandbox.profile('4711')).first_name, 'Ana')},
  {number: 15, name: 'no identifier on one of two', body: {events: [event(), {name: 'n', time: kWhen}]}, status: 201, body_is: {events_processed: 1, message: 'success', errors: [{type: kNoId, input_array: 'events', index: 1}]}},
  {number: 16, name: 'no identifier on any', body: {events: [{name: 'n', time: kWhen}]}, status: 400, body_is: {message: kNothing, errors: [{type: kNoId, input_array: 'events', index: 0}]}},
  {number: 16, name: 'half an alias', body: {events: [event({external_id: null, user_alias: {alias_name: 'x'}})]}, status: 400, error: kNoId, code: 'BRZ_ALIAS_SHAPE'},
  {number: 17, name: 'a bad e-mail on one of two', body: {attributes: [attribute({email: 'bad'}), attribute()]}, status: 201, body_is: {attributes_processed: 1, message: 'success', errors: [{type: kBadEmail, input_array: 'attributes', index: 0}]}},
  ...[0, 101, 'x', 1.5].map((quantity) => ({number: 18, name: `quantity ${quantity}`, body: {purchases: [purchase({quantity})]}, status: 400, error: "'quantity' is not valid"})),
  {number: 19, name: 'no name', body: {events: [event({name: undefined})]}, status: 400, error: "'name' is required"},
  {number: 19, name: 'no time', body: {events: [event({time: undefined})]}, status: 400, error: "'time' is required"},
  ...['product_id', 'currency', 'price', 'time'].map((field) => ({number: 19, name: `no ${field}`, body: {purchases: [purchase({[field]: undefined})]}, status: 400, error: `'${field}' is required`})),
  {number: 19, name: 'a currency that never was', body: {purchases: [purchase({currency: 'XQJ'})]}, status: 400, error: "'currency' is not valid"},
  {number: 19, name: 'a price no double can hold', body: `{"purchases":[{"external_id":"p","product_id":"x","currency":"EUR","price":1e999,"time":"${kWhen}"}]}`, status: 400, error: "'price' is not valid"},
  {number: 20, name: 'the time as a number', body: {events: [event({time: 1767323045})]}, status: 400, error: "'time' is not valid", code: 'BRZ_TIME_NOT_ISO8601'},
  {number: 20, name: 'the time as a placeholder', body: {events: [event({time: '{ EVENT_TIME }'})]}, status: 400, error: "'time' is not valid", code: 'BRZ_UNRESOLVED_PLACEHOLDER'},
  {number: 21, name: 'blanks in the time', body: {events: [event({time: '2019-02-15 00:00:00 -0500'})]}, status: 201},
  {number: 22, name: 'a time in the future', body: {events: [event({external_id: 'future', time: '2999-01-01T00:00:00Z'})]}, status: 201,
    then: async (sandbox) => {
      const [tally] = (await sandbox.profile('future')).custom_events;
      assert.ok(Math.abs(Date.now() - Date.parse(tally.last)) < 60_000, tally.last);
    }},
  ...['time', 'event_name', '$x', ''].map((key) => ({number: 23, name: `the property key "${key}"`, body: {events: [event({properties: {[key]: 1}})]}, status: 400, error: "'properties' is not valid"})),
  {number: 24, name: '76 objects together', body: {events: many(40), purchases: Array.from({length: 36}, () => purchase())}, status: 400, body_is: {message: 'Max Input Length Exceeded'}},
  {number: 24, name: '76 objects of which none could be read', body: {events: Array.from({length: 76}, () => 1)}, status: 400, body_is: {message: 'Max Input Length Exceeded'}},
  {number: 24, name: '76 in one array on legacy limits', on: 'legacy', body: {events: many(76)}, status: 400, message: 'Max Input Length Exceeded'},
  {number: 25, name: '75 each on legacy limits', on: 'legacy', body: {attributes: Array.from({length: 75}, () => attribute()), events: many(75), purchases: Array.from({length: 75}, () => purchase())}, status: 201, body_is: {attributes_processed: 75, events_processed: 75, purchases_processed: 75, message: 'success'}},
  {number: 25, name: '75 each on current limits', body: {attributes: Array.from({length: 75}, () => attribute()), events: many(75)}, status: 400, message: 'Max Input Length Exceeded'},
  {number: 26, name: '4 MB and a byte', body: ' '.repeat(4 * 1024 * 1024 + 1), status: 413, message: 'Request Entity Too Large'},
  {number: 27, name: '100 KB of properties and more', body: {events: [event({properties: {p: Array(110).fill('x'.repeat(1000))}})]}, status: 400, error: "'properties' is too large"},
  {number: 28, name: 'an unknown alias', body: {attributes: [{user_alias: {alias_name: 'n1', alias_label: 'l'}, first_name: 'A'}]}, status: 201,
    then: async (sandbox) => assert.deepEqual(await sandbox.profiles({user_aliases: [{alias_name: 'n1', alias_label: 'l'}]}), [])},
  {number: 28, name: 'an unknown alias to be created', body: {attributes: [{user_alias: {alias_name: 'n2', alias_label: 'l'}, _update_existing_only: false, first_name: 'A'}]}, status: 201,
    then: async (sandbox) => {
      const [made] = await sandbox.profiles({user_aliases: [{alias_name: 'n2', alias_label: 'l'}]});
      assert.equal(made.first_name, 'A');
      assert.equal(made.external_id, undefined);
    }},
  {number: 29, name: 'an unknown id, only to be updated', body: {attributes: [attribute({external_id: 'nobody', _update_existing_only: true})]}, status: 201,
    then: async (sandbox) => assert.equal(await sandbox.profile('nobody'), undefined)},
  {number: 30, name: 'an e-mail address alone', body: {attributes: [{email: 'only@ex.com', first_name: 'A'}]}, status: 201,
    then: async (sandbox) => assert.deepEqual((await sandbox.profiles({email_address: 'only@ex.com'}))[0].user_aliases, [])},
  {number: 31, name: 'an address of several', body: {attributes: [{email: 'many@ex.com', first_name: 'Anonymous'}, {external_id: 'many', email: 'many@ex.com'}, {email: 'many@ex.com', last_name: 'Silva'}]}, status: 201,
    then: async (sandbox) => assert.equal((await sandbox.profile('many')).last_name, 'Silva')},
  {number: 32, name: 'an address and a number', body: {attributes: [{external_id: 'both', email: 'both@ex.com'}, {email: 'both@ex.com', phone: '+351', first_name: 'B'}]}, status: 201,
    then: async (sandbox) => assert.equal((await sandbox.profile('both')).first_name, 'B')},
  becomes(33, 'null removes', [{last_name: 'X', c: 1}, {last_name: null, c: null}], (profile) => {
    assert.equal(profile.last_name, undefined);
    assert.deepEqual(profile.custom_attributes, {});
  }),
  {number: 33, name: 'a null identifier', body: {attributes: [attribute({external_id: null})]}, status: 400, error: kNoId},
  becomes(34, 'arrays are sets', [{s: ['hotdog', 'hotdog', 'pizza']}, {s: {add: ['hotdog', 'x']}}, {s: {remove: ['pizza']}}],
    (profile) => assert.deepEqual(profile.custom_attributes.s, ['hotdog', 'x'])),
  becomes(35, 'inc', [{n: {inc: 2}, t: 'text', big: 9007199254740991}, {n: {inc: -5}, t: {inc: 1}}],
    (profile) => assert.deepEqual([profile.custom_attributes.n, profile.custom_attributes.t], [-3, 'text'])),
  {number: 35, name: 'inc over the largest integer', body: '{"attributes":[{"external_id":"over","n":9223372036854775807},{"external_id":"over","n":{"inc":1}}]}', status: 201, code: 'BRZ_INC_IGNORED',
    then: async (sandbox) => {
      const {text} = await sandbox.ask({path: '/users/export/ids', body: {external_ids: ['over']}});
      assert.match(text, /"n":9223372036854775807/);
    }},
  becomes(36, 'nested values merge when asked', [{o: {a: 1, b: {c: 1}}}, {o: {b: {d: 2}}, _merge_objects: true}],
    (profile) => assert.deepEqual(profile.custom_attributes.o, {a: 1, b: {c: 1, d: 2}})),
  becomes(36, 'nested values are replaced otherwise', [{o: {a: 1}}, {o: {b: 2}}],
    (profile) => assert.deepEqual(profile.custom_attributes.o, {b: 2})),
  becomes(37, '$add, $remove, $update', [{pets: [{id: 1}, {id: 2}]}, {_merge_objects: true, pets: {
    $update: [{$identifier_key: 'id', $identifier_value: 3, $new_object: {age: 1}}],
    $remove: [{$identifier_key: 'id', $identifier_value: 1}], $add: [{id: 3}]}}],
  (profile) => assert.deepEqual(profile.custom_attributes.pets, [{id: 2}, {id: 3, age: 1}])),
  {number: 38, name: 'a bad nested $time', body: {attributes: [attribute({external_id: 'nested', o: {when: {$time: 'never'}}})]}, status: 201, code: 'BRZ_NESTED_DROPPED',
    body_is: {attributes_processed: 1, message: 'success'},
    then: async (sandbox) => assert.equal((await sandbox.profile('nested')).custom_attributes.o, undefined)},
  becomes(39, 'dob', [{dob: '1980-12-21'}], (profile) => assert.equal(profile.dob, '1980-12-21T00:00:00.000Z')),
  becomes(40, 'an e-mail address in capitals', [{email: 'Ana40@EX.COM'}], (profile) => assert.equal(profile.email, 'ana40@ex.com')),
  becomes(41, 'a country by name', [{country: 'Australia'}], (profile) => assert.equal(profile.country, 'AU')),
  becomes(41, 'a country that is none', [{country: 'PT'}, {country: 'Narnia'}], (profile) => assert.equal(profile.country, undefined)),
  becomes(42, 'bio', [{bio: 'x'}], (profile) => assert.deepEqual([profile.bio, profile.custom_attributes.bio], [undefined, undefined])),
  becomes(43, 'Email', [{Email: 'kept'}], (profile) => assert.deepEqual([profile.email, profile.custom_attributes.Email], [undefined, 'kept'])),
  {number: 44, name: 'quantity and price', body: {purchases: [purchase({external_id: 'buyer', quantity: 3})]}, status: 201,
    then: async (sandbox) => {
      const {purchases, total_revenue} = await sandbox.profile('buyer');
      assert.deepEqual([purchases[0].count, total_revenue], [3, 7.5]);
    }},
  {number: 45, name: 'two identical events', body: {events: [event({external_id: 'twice'}), event({external_id: 'twice'})]}, status: 201,
    then: async (sandbox) => assert.equal((await sandbox.profile('twice')).custom_events[0].count, 2)},
  {number: 46, name: 'attributes before events', body: {events: [event({external_id: undefined, email: 'first@ex.com'})], attributes: [{external_id: 'first', email: 'first@ex.com'}]}, status: 201,
    then: async (sandbox) => assert.equal((await sandbox.profile('first')).custom_events.length, 1)},
  {number: 48, name: 'a wrong path', ask: {path: '/user/track'}, body: {}, status: 404, body_is: {message: 'Invalid URL'}, code: 'BRZ_UNKNOWN_PATH',
    then: async (_, {diagnostics}) => assert.match(diagnostics[0].message, /Did you mean \/users\/track\?/)},
  {number: 48, name: 'a GET of it', ask: {method: 'GET'}, status: 404, body_is: {message: 'Invalid URL'}},
  {number: 49, name: 'X-Braze-Bulk: false', ask: {headers: {'X-Braze-Bulk': 'false'}}, body: {attributes: [attribute()]}, status: 201},
  {number: 50, name: 'an integer where the schema wants a text', body: {events: [event({name: 'ecommerce.product_viewed', properties: {product_id: 1, product_name: 'n', variant_id: 'v', price: 1.5, currency: 'EUR', source: 's'}})]}, status: 400, error: 'The property \'#/product_id\' of type integer did not match the following type: string', code: 'BRZ_ECOMMERCE_SCHEMA'},
  {number: 50, name: 'a property missing', body: {events: [event({name: 'ecommerce.product_viewed', properties: {product_name: 'n', variant_id: 'v', price: 1.5, currency: 'EUR', source: 's'}})]}, status: 400, error: "The property '#/' did not contain a required property of 'product_id'"},
  {number: 50, name: 'a property too many', body: {events: [event({name: 'ecommerce.product_viewed', properties: {sku_abcd: 1, product_id: 'p', product_name: 'n', variant_id: 'v', price: 1.5, currency: 'EUR', source: 's'}})]}, status: 400, error: 'The property \'#/\' contains additional properties ["sku_abcd"] outside of the schema when none are allowed'},
  {number: 50, name: 'a price as text', body: {events: [event({name: 'ecommerce.product_viewed', properties: {product_id: 'p', product_name: 'n', variant_id: 'v', price: '1', currency: 'EUR', source: 's'}})]}, status: 400, error: "The property '#/price' of type string did not match the following type: number"},
  {number: 50, name: 'one that keeps to it', body: {events: [event({name: 'ecommerce.order_placed', properties: {order_id: 'o', total_value: 2, currency: 'EUR', source: 's', products: [{product_id: 'p', product_name: 'n', variant_id: 'v', quantity: 1, price: 2}]}})]}, status: 201},
  {number: 51, name: 'rate headers', body: {attributes: [attribute()]}, status: 201,
    then: async (sandbox, {headers}) => {
      for (const name of ['Limit', 'Remaining', 'Reset']) assert.match(headers.get(`X-RateLimit-${name}`) ?? '', /^\d+$/);
      const refused = await sandbox.ask({path: '/users/track', authorization: 'Bearer NO', body: {}});
      for (const name of ['Limit', 'Remaining', 'Reset']) assert.equal(refused.headers.get(`X-RateLimit-${name}`), '');
      for (const name of ['X-Request-Id', 'X-Runtime', 'ETag', 'Cache-Control']) assert.ok(headers.get(name), name);
    }},
  {number: 52, name: 'a stray query', ask: {path: '/users/track?='}, body: {attributes: [attribute()]}, status: 201},
];
