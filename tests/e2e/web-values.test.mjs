// What the chat page makes of days, languages, and of what other pages tell it: plain values in,
// plain values out.

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {
  boundsOf,
  later,
  monthsLater,
  weekBegins,
  weeksOf,
} from '../../web/chat/calendar.js';
import {written} from '../../web/chat/items.js';
import {eventOf, mayTell} from '../../web/chat/events.js';
import {eventFrom, profileFrom} from '../../web/chat/host.js';
import {chooseLocale, directionOf} from '../../web/chat/page.js';
import {filled, wordsOf} from '../../web/chat/words.js';
import {words as english} from '../../web/chat/words/en.js';

describe('calendar', () => {
  test('has six weeks that hold the month, from the first day of the week there', () => {
    const weeks = weeksOf('2026-02-15', 1);
    assert.equal(weeks[0][0], '2026-01-26');
    assert.equal(weeks[0][6], '2026-02-01');
    assert.equal(weeks[5][6], '2026-03-08');
    assert.equal(weeksOf('2026-02-15', 0)[0][0], '2026-02-01');
    for (let first = 0; first < 7; ++first) {
      for (let month = 1; month <= 12; ++month) {
        const day = `2028-${String(month).padStart(2, '0')}-01`;
        const days = weeksOf(day, first).flat();
        assert.equal(days.length, 42);
        assert.ok(days.slice(0, 7).includes(day), `${day} from ${first}`);
        assert.ok(days.every((one, at) => at === 0 || one === later(days[at - 1], 1)));
      }
    }
  });

  test('knows where weeks begin, and the last days of months', () => {
    assert.equal(weekBegins('de'), 1);
    assert.equal(weekBegins('en-US'), 0);
    assert.equal(monthsLater('2028-01-31', 1), '2028-02-29');
    assert.equal(monthsLater('2026-03-31', -1), '2026-02-28');
    assert.equal(monthsLater('2026-12-15', 1), '2027-01-15');
  });

  test('offers the days that answer the question', () => {
    const today = '2026-06-15';
    assert.deepEqual(boundsOf({type: 'date', not_future: true, earliest: '1900-01-01'}, today), {
      min: '1900-01-01',
      max: today,
    });
    assert.deepEqual(boundsOf({type: 'date', not_past: true}, today), {
      min: today,
      max: '2046-12-31',
    });
  });

  test('writes days and times as people there do', () => {
    assert.equal(written('1990-12-31', 'pt-BR'), '31 de dezembro de 1990');
    assert.equal(written('17:30', 'en-US')?.replace(/\s/g, ' '), '5:30 PM');
    for (const other of ['hello', '1990-12', '1990-13-45', '99:99', '1990-12-31 x']) {
      assert.equal(written(other, 'en'), null, other);
    }
  });
});

describe('page', () => {
  test('speaks the language that is asked for, as far as the solution does', () => {
    assert.equal(chooseLocale(['en', 'pt-BR'], ['', 'pt-PT', 'en']), 'pt-BR');
    assert.equal(chooseLocale(['en', 'pt-PT', 'pt-BR'], ['pt-BR']), 'pt-BR');
    assert.equal(chooseLocale(['pt-BR'], ['de', 'fr']), 'pt-BR');
    assert.equal(chooseLocale([], ['de']), 'en');
    assert.equal(directionOf('ar-EG'), 'rtl');
    assert.equal(directionOf('pt-BR'), 'ltr');
  });

  test('has the same words in every language, with the same places', async () => {
    const placesOf = (/** @type {string} */ text) =>
      [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const locale of ['ar', 'de', 'es', 'fr', 'he', 'pt-BR']) {
      const words = /** @type {Record<string, string>} */ (await wordsOf(locale));
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort(), locale);
      for (const [key, text] of Object.entries(/** @type {Record<string, string>} */ (english))) {
        assert.deepEqual(placesOf(words[key]), placesOf(text), `${locale} ${key}`);
        assert.notEqual(words[key], '', `${locale} ${key}`);
      }
    }
    assert.equal(await wordsOf('nl'), english);
    assert.equal(filled('{count} of {all}', {count: 2, all: 5}), '2 of 5');
  });
});

describe('what other pages tell', () => {
  test('is heard by origin', () => {
    const own0 = 'https://chat.example';
    assert.ok(mayTell(own0, own0, []));
    assert.ok(mayTell('https://shop.brand.example', own0, ['https://*.brand.example']));
    assert.ok(!mayTell('https://brand.example.evil.example', own0, ['https://*.brand.example']));
    assert.ok(!mayTell('http://brand.example', own0, ['https://brand.example']));
    assert.ok(!mayTell('null', own0, ['https://brand.example']));
    assert.ok(mayTell('null', own0, ['*']));
  });

  test('is an event by its own name, or none', () => {
    assert.deepEqual(eventOf('CUSTOM_EVENT:{"event":"x","a":1}'), {
      name: 'x',
      detail: {event: 'x', a: 1},
    });
    assert.equal(eventOf('CUSTOM_EVENT:{'), null);
    assert.equal(eventOf({type: 'millrace:event', name: ''}), null);
    assert.deepEqual(eventFrom({type: 'LOCATION_CHANGE', updatedUrl: 'https://a.example/x'}), {
      name: 'location_change',
      detail: {url: 'https://a.example/x'},
    });
    assert.equal(
      eventFrom({type: 'UPDATE_PYPESTREAM_CONFIG', pypestreamConfig: {APP_ID: 'x'}}),
      null,
    );
    assert.equal(eventFrom(null), null);
  });

  test('about its visitor is texts, by known names', () => {
    assert.deepEqual(
      profileFrom({first_name: 'Ada', APP_ID: 'x', email: 7, passthrough: {a: 1}, last_name: ''}),
      {first_name: 'Ada', passthrough: '{"a":1}'},
    );
    assert.deepEqual(profileFrom(undefined), {});
  });
});
