// The cases of braze-templates.test.mjs, as a table; docs/braze-cases.md lists them.

import assert from 'node:assert/strict';

import {get, post} from '../braze-table.mjs';
import {kWorkspace} from '../braze.mjs';

/** @typedef {import('../braze-table.mjs').Case} Case */

export const kDashboard = {...kWorkspace, tags: {spring: {}}};

const block = (/** @type {object} */ more = {}) => ({
  name: 'footer',
  content: '<p>Bye</p>',
  ...more,
});
const long = (/** @type {number} */ length) => 'x'.repeat(length);

/** @type {[string, object, string][]} */
const kBadBlocks = [
  ['no content', block({content: undefined}), 'Content cannot be blank.'],
  ['blank content', block({content: '  '}), 'Content cannot be blank.'],
  ['content that is no text', block({content: 7}), 'Content must be a string.'],
  ['50 KB of content', block({content: long(50 * 1024)}), 'Content must be smaller than 50kb.'],
  [
    'a tag that does not end',
    block({content: '{% if a %}x{% endif'}),
    'Content contains malformed liquid.',
  ],
  ['an output that does not end', block({content: '{{ a'}), 'Content contains malformed liquid.'],
  [
    'itself in it',
    block({content: '{{content_blocks.${footer}}}'}),
    'Content Block cannot be referenced within itself.',
  ],
  ['a blank description', block({description: ''}), 'Content Block description cannot be blank.'],
  [
    'a description that is no text',
    block({description: []}),
    'Content Block description must be a string.',
  ],
  [
    '250 characters of description',
    block({description: long(250)}),
    'Content block description must be shorter than 250 characters.',
  ],
  ['no name', block({name: undefined}), 'Content Block name cannot be blank.'],
  [
    '100 characters of name',
    block({name: long(100)}),
    'Content Block name must be a shorter than 100 characters.',
  ],
  [
    'a name with a blank',
    block({name: 'a b'}),
    'Content Block name can only contain alphanumeric characters.',
  ],
  ['a name that is taken', block(), 'Content Block with this name already exists.'],
  [
    'another state',
    block({name: 'other', state: 'gone'}),
    'Content Block state must be either Active or Draft.',
  ],
  ['tags that are no list', block({name: 'other', tags: 'spring'}), 'Tags must be an array.'],
  ['a tag that is no text', block({name: 'other', tags: [1]}), 'All Tags must be Strings.'],
  [
    'a tag that is not there',
    block({name: 'other', tags: ['spring', 'winter']}),
    'Some Tags could not be found.',
  ],
];

/** @type {Record<string, Case[]>} */
export const kCases = {
  'content blocks': [
    post(
      'create',
      '/content_blocks/create',
      block({description: 'd', tags: ['spring', 'hello']}),
      201,
      {
        has: {liquid_tag: '{{content_blocks.${footer}}}', message: 'success'},
        then: async (sandbox, {body}) => {
          const id = body.content_block_id;
          const {body: info} = await sandbox.ask({
            method: 'GET',
            path: `/content_blocks/info?content_block_id=${id}`,
          });
          assert.deepEqual(info, {
            content_block_id: id,
            name: 'footer',
            content: '<p>Bye</p>',
            description: 'd',
            content_type: 'html',
            tags: ['spring', 'hello'],
            created_at: body.created_at,
            last_edited: body.created_at,
            inclusion_count: 0,
            message: 'success',
          });
        },
      },
    ),
    ...kBadBlocks.map(([name, body, message]) =>
      post(name, '/content_blocks/create', body, 400, {message}),
    ),
    post(
      'a second one, which includes the first',
      '/content_blocks/create',
      block({name: 'draft_one', content: 'See {{content_blocks.${footer}}}', state: 'draft'}),
      201,
      {
        then: async (sandbox, {body}) => {
          const {body: listed} = await sandbox.ask({method: 'GET', path: '/content_blocks/list'});
          assert.equal(listed.count, 2);
          assert.deepEqual(
            listed.content_blocks.map((/** @type {any} */ one) => [
              one.name,
              one.content_type,
              one.inclusion_count,
            ]),
            [
              ['footer', 'html', 1],
              ['draft_one', 'text', 0],
            ],
          );
          const update = (/** @type {object} */ more) =>
            sandbox.ask({
              path: '/content_blocks/update',
              body: {content_block_id: body.content_block_id, ...more},
            });
          assert.equal(
            (await update({name: 'draft_two'})).body.liquid_tag,
            '{{content_blocks.${draft_two}}}',
          );
          assert.equal((await update({state: 'active', content: 'plain'})).status, 201);
          assert.equal(
            (await update({name: 'draft_three'})).body.message,
            'Content Block name cannot be updated for active Content Blocks.',
          );
          assert.equal(
            (await update({state: 'draft'})).body.message,
            'Active Content Block can not be updated to Draft. Please create a new Content Block.',
          );
          assert.equal(
            (await update({content: '{{'})).body.message,
            'Content contains malformed liquid.',
          );
        },
      },
    ),
    post('update of none', '/content_blocks/update', {}, 400, {
      message: 'Content Block ID cannot be blank.',
    }),
    post('update of an unknown one', '/content_blocks/update', {content_block_id: 'none'}, 400, {
      message: 'Content Block ID is invalid for this App Group.',
    }),
    get('info of none', '/content_blocks/info', 400, {
      message: 'Content Block ID cannot be blank.',
    }),
    get('info of an unknown one', '/content_blocks/info?content_block_id=none', 400, {
      message: 'Content Block ID is invalid for this App Group.',
    }),
    get('one of the list', '/content_blocks/list?limit=1&offset=1', 200, {
      is: (/** @type {any} */ body) =>
        body.count === 1 && body.content_blocks[0].name === 'draft_two',
    }),
    get(
      'those since',
      '/content_blocks/list?modified_after=2020-01-01T01:01:01.000000&modified_before=2090-03-01',
      200,
      {has: {count: 2}},
    ),
    get('those of long ago', '/content_blocks/list?modified_before=2020-01-01T01:01:01Z', 200, {
      has: {count: 0},
    }),
    ...Object.entries({
      'limit=x': 'Content Block number limit is invalid.',
      'limit=0': 'Content Block number limit must be greater than 0.',
      'limit=1001': 'Content Block number limit exceeds maximum of 1000.',
      'offset=x': 'Offset is invalid.',
      'offset=-1': 'Offset must be greater than 0.',
      'modified_after=x': 'Modified after time is invalid.',
      'modified_before=x': 'Modified before time is invalid.',
      'modified_after=2026-02-01T00:00:00Z&modified_before=2026-01-01T00:00:00Z':
        'Modified after time must be earlier than or the same as modified before time.',
    }).map(([query, message]) => get(query, `/content_blocks/list?${query}`, 400, {message})),
  ],
  'email templates': [
    post(
      'create',
      '/templates/email/create',
      {
        template_name: 'Weekly',
        subject: 'S',
        body: '<b>{{content_blocks.${footer}}}</b>',
        plaintext_body: 'p',
        preheader: 'h',
        tags: ['spring'],
        should_inline_css: true,
      },
      201,
      {
        then: async (sandbox, {body}) => {
          const id = body.email_template_id;
          const {body: info} = await sandbox.ask({
            method: 'GET',
            path: `/templates/email/info?email_template_id=${id}`,
          });
          assert.deepEqual(
            [
              info.template_name,
              info.subject,
              info.body,
              info.plaintext_body,
              info.preheader,
              info.tags,
              info.should_inline_css,
            ],
            ['Weekly', 'S', '<b>{{content_blocks.${footer}}}</b>', 'p', 'h', ['spring'], true],
          );
          const update = (/** @type {object} */ more) =>
            sandbox.ask({
              path: '/templates/email/update',
              body: {email_template_id: id, ...more},
            });
          assert.equal((await update({subject: 'T'})).status, 201);
          assert.equal((await update({})).status, 400);
          assert.equal(
            (await update({template_name: ''})).body.message,
            'Template Name is required',
          );
          const {body: listed} = await sandbox.ask({
            method: 'GET',
            path: '/templates/email/list?limit=10',
          });
          assert.deepEqual(
            [listed.count, listed.templates[0].template_name, listed.templates[0].tags],
            [1, 'Weekly', ['spring']],
          );
          assert.equal(
            (
              await sandbox.ask({
                method: 'GET',
                path: `/templates/email/info?email_template_id=${id}`,
              })
            ).body.subject,
            'T',
          );
        },
      },
    ),
    post('no name', '/templates/email/create', {subject: 'S'}, 400, {
      message: 'Template Name is required',
    }),
    post('an unknown tag', '/templates/email/create', {template_name: 'N', tags: ['x']}, 400, {
      message: 'Some Tags could not be found.',
    }),
    post(
      'an unknown block',
      '/templates/email/create',
      {template_name: 'N', body: '{{content_blocks.${x}}}'},
      400,
      {message: 'Email must have valid content block names.'},
    ),
    post(
      'a subject that is no text',
      '/templates/email/create',
      {template_name: 'N', subject: 1},
      400,
    ),
    post(
      'update of an unknown one',
      '/templates/email/update',
      {email_template_id: 'none', subject: 'S'},
      400,
    ),
    get('info of an unknown one', '/templates/email/info?email_template_id=none', 400),
  ],
};
