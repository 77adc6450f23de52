// examples/showcase, walked through as a person does: each kind of message with the answer that a
// press, a key or a finger gives it.

import {join} from 'node:path';

import {kRepository} from './server.mjs';

export const kShowcase = join(kRepository, 'examples/showcase');

/** @typedef {import('./browser.mjs').ChatPage} ChatPage */
/** @typedef {import('playwright-core').Locator} Locator */

/** @param {string} label @returns {(chat: ChatPage) => Promise<void>} */
const press = (label) => (chat) => chat.choice(label).click();
/** @param {string} text @returns {(chat: ChatPage) => Promise<void>} */
const type = (text) => (chat) => chat.type(text);

/**
 * The kinds in the order of the flow: what the element is known by, how it is answered, and what
 * the
 * consumer's bubble shows then; null where there is none.
 * @type {{
 *   kind: string, said: string | null, answer: (chat: ChatPage, asset: Locator) => Promise<void>,
 * }[]}
 */
export const kSteps = [
  {kind: 'buttons', answer: press('Medium'), said: 'Medium'},
  {kind: 'quick_reply', answer: press('Go on'), said: 'Go on'},
  {
    kind: 'listpicker',
    said: 'Évora',
    answer: async (_, asset) => {
      await asset.getByRole('searchbox').fill('evora');
      await asset.getByRole('searchbox').press('Enter');
    },
  },
  {
    kind: 'selection',
    said: 'Breakfast, A late departure',
    answer: async (_, asset) => {
      await asset.getByRole('checkbox', {name: 'Breakfast'}).check();
      await asset.getByRole('checkbox', {name: 'A late departure'}).check();
      await asset.getByRole('button', {name: 'Send (2)'}).click();
    },
  },
  {kind: 'imagebutton', answer: press('Hills'), said: 'Hills'},
  {kind: 'carousel', answer: press('Take the double'), said: 'Take the double'},
  {
    kind: 'datepicker',
    said: 'February 1, 2027',
    answer: async (_, asset) => {
      await asset.getByLabel('Year').selectOption('2027');
      await asset.getByLabel('Month').selectOption('2');
      await asset.locator('[data-day="2027-02-01"]').click();
    },
  },
  {
    kind: 'timepicker',
    said: '5:30 PM',
    answer: async (_, asset) => {
      await asset.getByLabel('Hour').selectOption('17');
      await asset.getByLabel('Minute').selectOption('30');
      await asset.getByRole('button', {name: 'Send'}).click();
    },
  },
  {
    kind: 'datepicker',
    said: 'December 31, 1990',
    answer: async (_, asset) => {
      await asset.getByRole('button', {name: 'Choose a day'}).click();
      await asset.getByLabel('Year').selectOption('1990');
      await asset.getByLabel('Month').selectOption('12');
      await asset.locator('[data-day="1990-12-31"]').click();
    },
  },
  {
    kind: 'range',
    said: '7',
    answer: async (_, asset) => {
      await asset.getByRole('slider').fill('7');
      await asset.getByRole('button', {name: 'Send'}).click();
    },
  },
  {kind: 'yes_no', answer: press('Yes'), said: 'yes'},
  {kind: '', answer: type('ada@example.com'), said: 'ada@example.com'},
  {kind: '', answer: type('+351 912 345 678'), said: '+351 912 345 678'},
  {kind: '', answer: type('1234'), said: '••••'},
  {
    kind: 'webview',
    said: null,
    answer: async (chat, asset) => {
      await asset.getByRole('button').click();
      await chat.page.frameLocator('dialog iframe').locator('h1').waitFor();
      await chat.page.getByRole('button', {name: 'Close'}).click();
    },
  },
  {kind: 'file_upload', answer: press('Go on without'), said: 'Go on without'},
  {kind: 'star_rating', answer: press('4'), said: '4'},
];

/**
 * The page that the webview opens, which is not of this machine.
 * @param {import('playwright-core').Page | import('playwright-core').BrowserContext} page
 */
export function servePages(page) {
  return page.route('https://example.com/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body:
        '<!doctype html><title>Form</title><h1>A page of the brand</h1><script>' +
        'parent.postMessage({type: "millrace:event", name: "picked"}, "*")</script>',
    }),
  );
}

/**
 * Goes through the conversation; `look` is called with each kind that is shown.
 * @param {ChatPage} chat
 * @param {(kind: string, at: number) => Promise<void>} [look]
 * @param {number} [to] which step is not answered any more; without it, to the end
 */
export async function walk(chat, look = async () => {}, to = kSteps.length) {
  let count = 0;
  for (const [at, {kind, answer, said}] of kSteps.entries()) {
    const asset = chat.page.locator(`[data-kind="${kind}"] .asset`).last();
    await chat.page.locator('#status[data-state="online"]').waitFor();
    if (kind) await asset.waitFor();
    else
      await chat.page.waitForFunction(
        (before) =>
          document.querySelectorAll('[data-side="consumer"]').length === before &&
          [...document.querySelectorAll('.message')].at(-1)?.getAttribute('data-side') === 'bot',
        count,
      );
    await look(kind, at);
    if (at === to) return;
    await answer(chat, asset);
    if (said === null) continue;
    ++count;
    await chat.page
      .locator('[data-side="consumer"][data-seq] .bubble', {hasText: said})
      .nth(0)
      .waitFor();
    await chat.page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-side="consumer"][data-seq]').length === wanted,
      count,
    );
  }
  await chat.isInState('ended');
}
