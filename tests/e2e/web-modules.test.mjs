// The parts of the chat page and of the SDK that need no page: what they make of plain data.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {transcriptOf} from '../../web/chat/export.js';
import {helpFor, itemsOf, kHidden, kindOf, withLines} from '../../web/chat/items.js';
import {parseMarkdown, safeTarget} from '../../web/chat/markdown.js';
import {imageAddress} from '../../web/chat/page.js';
import {Transcript} from '../../web/chat/transcript.js';

/** @typedef {import('../../web/chat/transcript.js').Message} Message */

/**
 * @param {number} seq
 * @param {Partial<Message>} [more]
 * @returns {Message}
 */
function message(seq, more = {}) {
  return {
    id: `id ${seq}`,
    seq_num: seq,
    from_side: 'bot',
    msg: `said ${seq}`,
    ts: seq * 1_000,
    app_object: null,
    client_msg_id: null,
    ...more,
  };
}

/**
 * @param {Partial<NonNullable<Message['app_object']>>} more
 * @returns {NonNullable<Message['app_object']>}
 */
function shownWith(more) {
  return {type: 'buttons', buttons: [], input: 'enabled', ...more};
}

/** @param {number} seq @param {string} msg */
const own = (seq, msg) =>
  message(seq, {from_side: 'anonymous_consumer', msg, client_msg_id: `own ${seq}`});

/**
 * A tree as the HTML that it becomes.
 * @param {import('../../web/chat/markdown.js').Tree[]} trees
 * @returns {string}
 */
function htmlOf(trees) {
  return trees
    .map((tree) => {
      if (typeof tree === 'string') return tree.replace(/</g, '&lt;');
      const attributes = Object.entries(tree.attributes ?? {}).map(
        ([key, value]) => ` ${key}="${value}"`,
      );
      return `<${tree.tag}${attributes.join('')}>${htmlOf(tree.children)}</${tree.tag}>`;
    })
    .join('')
    .replace(/<\/(br|img)>/g, '');
}

describe('Markdown', () => {
  for (const [text, html] of [
    ['one line', 'one line'],
    ['a\n\nb', '<p>a</p><p>b</p>'],
    ['- a\n- **b**', '<ul><li>a</li><li><strong>b</strong></li></ul>'],
    ['- a\n  - b\n  - c\n- d', '<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['1990. It was', '1990. It was'],
    ['Words:\n- a', '<p>Words:</p><ul><li>a</li></ul>'],
    ['```\n<b>\n  x\n```', '<pre><code>&lt;b>\n  x</code></pre>'],
    ['> a\n> b', '<blockquote><p>a<br>b</p></blockquote>'],
    ['## Head\nbody', '<p><strong>Head</strong></p><p>body</p>'],
    [
      '![a cat](https://a.example/c.png)',
      '<img src="https://a.example/c.png" alt="a cat" loading="lazy">',
    ],
    ['![x](http://a.example/c.png)', '![x](http://a.example/c.png)'],
    ['![x](javascript:alert(1))', '![x](javascript:alert(1))'],
    ['<script>alert(1)</script>', '&lt;script>alert(1)&lt;/script>'],
    ['- <img src=x onerror=y>', '<ul><li>&lt;img src=x onerror=y></li></ul>'],
    ['Born 1990-12-10.', 'Born <span class="date">1990-12-10</span>.'],
    ['**10-12-1990**', '<strong><span class="date">10-12-1990</span></strong>'],
    ['call 912-345-678', 'call 912-345-678'],
    ['', ''],
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => assert.equal(htmlOf(parseMarkdown(text)), html));
  }

  test('takes the strangest texts in no time', () => {
    for (const text of [
      '- '.repeat(2_000),
      '> '.repeat(2_000),
      '*'.repeat(4_000),
      '  - x\n'.repeat(700),
      '```\n'.repeat(1_000),
      '1. '.repeat(1_400),
      '[a](b'.repeat(800),
      '#'.repeat(4_000),
    ]) {
      const begun = performance.now();
      parseMarkdown(text);
      assert.ok(performance.now() - begun < 500, text.slice(0, 10));
    }
  });

  test('leads only where nothing runs', () => {
    for (const bad of [
      'javascript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'x',
    ]) {
      assert.equal(safeTarget(bad), null, bad);
    }
    assert.equal(safeTarget('tel:+351123'), 'tel:+351123');
    for (const bad of [
      'http://a.example/x.png',
      'data:text/html,x',
      'javascript:x',
      '//a.example',
      '',
    ]) {
      assert.equal(imageAddress(bad), '', bad);
    }
    assert.equal(imageAddress('data:image/png;base64,AAAA'), 'data:image/png;base64,AAAA');
  });
});

describe('items', () => {
  const yesNo = message(1, {expects: {type: 'yes_no', yes: 'sim', no: 'não'}});

  test('know a kind by its asset, by its buttons, and by what is asked for', () => {
    assert.equal(kindOf(message(1)), '');
    assert.equal(
      kindOf(message(1, {app_object: shownWith({buttons: [{label: 'A', value: 'A'}]})})),
      'buttons',
    );
    assert.equal(
      kindOf(message(1, {app_object: shownWith({asset: {type: 'carousel'}})})),
      'carousel',
    );
    assert.equal(kindOf(yesNo), 'yes_no');
    assert.equal(kindOf(message(1, {expects: {type: 'date'}})), 'datepicker');
    assert.equal(kindOf(message(1, {expects: {type: 'number', min: 0, max: 10}})), 'range');
    assert.equal(kindOf(message(1, {expects: {type: 'number', min: 0, max: 1e9}})), '');
    assert.equal(kindOf(message(1, {expects: {type: 'email'}})), '');
  });

  test('offer yes and no in the words of the chat', () => {
    const [item] = itemsOf({messages: [yesNo], unsent: []});
    assert.deepEqual(item.options, [
      {label: 'Sim', value: 'sim'},
      {label: 'Não', value: 'não'},
    ]);
  });

  test('are open until the consumer says something that arrives', () => {
    const isOpen = (/** @type {any[]} */ unsent, /** @type {Message[]} */ more = []) =>
      itemsOf({messages: [yesNo, ...more], unsent})[0].isOpen;
    assert.ok(isOpen([]));
    assert.ok(isOpen([{client_msg_id: 'x', msg: 'sim', failed: true}]));
    assert.ok(!isOpen([{client_msg_id: 'x', msg: 'sim'}]));
    assert.ok(!isOpen([], [own(2, 'sim')]));
  });

  test('show what the bot says without the words of its asset', () => {
    const shown = shownWith({
      asset: {type: 'carousel', cards: [{title: 'A'}]},
      text: 'Choose:',
    });
    const [item] = itemsOf({
      messages: [message(1, {msg: 'Choose:\n**A**', app_object: shown})],
      unsent: [],
    });
    assert.equal(item.text, 'Choose:');
    assert.deepEqual(item.cards, [{title: 'A'}]);
  });

  test('hide what answers a secure question', () => {
    const messages = [message(1, {secure_app_object: true}), own(2, '4111111111111111')];
    assert.equal(itemsOf({messages, unsent: []})[1].text, kHidden);
    const [, sending] = itemsOf({
      messages: messages.slice(0, 1),
      unsent: [{client_msg_id: 'x', msg: '4111'}],
    });
    assert.equal(sending.text, kHidden);
  });

  test('stand between lines for days, and for who came and went', () => {
    const day = 24 * 3_600_000;
    const messages = [message(1, {ts: 0}), message(2, {ts: 1_000}), message(3, {ts: 3 * day})];
    const notices = [
      {key: 'n0', after: 2, at: 5, what: /** @type {const} */ ('joined'), name: 'Lena'},
      {key: 'n1', after: 3, at: 6, what: /** @type {const} */ ('left'), name: 'Lena'},
    ];
    const keys = withLines(itemsOf({messages, unsent: []}), notices).map((entry) =>
      'line' in entry ? entry.line : entry.key,
    );
    assert.deepEqual(keys, ['day', 'id 1', 'id 2', 'notice', 'day', 'id 3', 'notice']);
  });

  test('help the keyboard', () => {
    const helpOf = (/** @type {Partial<Message>} */ more) =>
      helpFor(itemsOf({messages: [message(1, more)], unsent: []})[0]);
    assert.deepEqual(helpOf({expects: {type: 'email'}}), {
      inputmode: 'email',
      autocomplete: 'email',
      isHidden: false,
    });
    assert.equal(helpOf({expects: {type: 'phone'}}).inputmode, 'tel');
    assert.equal(helpOf({expects: {type: 'number', whole: true}}).inputmode, 'numeric');
    assert.equal(helpOf({expects: {type: 'number'}}).inputmode, 'decimal');
    assert.ok(helpOf({secure_app_object: true, expects: {type: 'email'}}).isHidden);
    assert.equal(helpFor(undefined).autocomplete, 'off');
  });

  test('can be kept as a text', () => {
    const items = itemsOf({
      messages: [message(1, {expects: {type: 'date'}}), own(2, '1990-12-31')],
      unsent: [],
    });
    const text = transcriptOf(items, {title: 'Hotel', you: 'You', locale: 'en'});
    assert.match(text, /^Hotel\n\n.*Hotel: said 1\n.*You: December 31, 1990\n$/);
  });
});

describe('transcript', () => {
  test('takes an earlier page, and keeps it when the last one comes again', () => {
    const transcript = new Transcript();
    transcript.reconcile({seq_num: 4, history: [message(3), message(4)]});
    assert.ok(!transcript.addEarlier([message(3), message(4)]));
    assert.ok(transcript.addEarlier([message(1), message(2)]));
    assert.ok(!transcript.hasGap());
    transcript.reconcile({seq_num: 5, history: [message(4), message(5)]});
    assert.deepEqual(
      transcript.messages().map(({seq_num: seq}) => seq),
      [1, 2, 3, 4, 5],
    );
  });

  test('marks what must not be kept', () => {
    const transcript = new Transcript();
    transcript.say('hello', false);
    transcript.say('4111', true);
    assert.deepEqual(
      transcript.outbox.map(({secret}) => secret),
      [undefined, true],
    );
  });
});
