// Chromium, and the chat page in it as a person sees and uses it.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

import {kPatienceMs, until} from './until.mjs';

/** @param {string[]} [more] arguments of Chromium's */
export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.MILLRACE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...more],
  });
}

/**
 * What axe-core finds wrong with a page, one line for each kind of fault. Nothing, one hopes.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 */
export async function violationsOf(page) {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  // A page with a policy takes no script from outside; the debugger's are not asked for leave.
  await page.evaluate(readFileSync(axe, 'utf8'));
  return page.evaluate(async () => {
    const {violations} = await /** @type {any} */ (window).axe.run(document);
    const shown = (/** @type {any} */ node) => node.html.slice(0, 200);
    return violations.map((/** @type {any} */ {id, nodes}) =>
      `${id}: ${nodes.slice(0, 3).map(shown).join(' | ')}`);
  });
}

export class ChatPage {
  /** What the page should not have done: errors, broken policies. @type {string[]} */
  complaints = [];

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.input = page.locator('#message');
    page.setDefaultTimeout(kPatienceMs);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A connection that is cut on purpose is reported by the browser as an error of its own.
      const isNetwork = /net::ERR_|WebSocket connection|Failed to load resource/;
      if (message.type() === 'error' && !isNetwork.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, url, options = {}) {
    const context = await browser.newContext({locale: 'en-US', ...options});
    const chat = new ChatPage(await context.newPage());
    await chat.page.goto(url);
    return chat;
  }

  /** @param {RegExp} about */
  async hear(about) {
    await this.page.locator('[data-side="bot"][data-seq]', {hasText: about}).last().waitFor();
  }

  /** Types as a person does, and presses Enter. @param {string} text */
  async type(text) {
    await this.input.pressSequentially(text);
    await this.input.press('Enter');
  }

  /** @param {string} label */
  choice(label) {
    return this.page.locator(`button[data-choice="${label}"]`).last();
  }

  /** @param {string} state */
  async isInState(state) {
    await this.page.locator(`#status[data-state="${state}"]`).waitFor();
  }

  /** What stands in the log: who said what, in order. */
  async said() {
    return this.page.locator('#log [data-side]').evaluateAll((elements) =>
      elements.map((element) => ({
        side: element.getAttribute('data-side'),
        seq: Number(element.getAttribute('data-seq')),
        text: element.querySelector('.bubble')?.lastChild?.parentElement?.innerText ?? '',
      })));
  }

  /** The consumer's own words, without the name that only screen readers hear. */
  async saidByConsumer() {
    return this.page.locator('#log [data-side="consumer"] .bubble').evaluateAll((bubbles) =>
      bubbles.map((bubble) => bubble.lastChild?.textContent ?? ''));
  }

  /** Holds the log to the order of its numbers, each of them once. */
  async assertInOrder() {
    const numbers = await until('a number for each message', async () => {
      const all = (await this.said()).map(({seq}) => seq);
      return all.every((seq) => seq > 0) && all;
    });
    assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
  }

  /** The session the page keeps, to look at the conversation from outside. */
  session() {
    return this.page.evaluate(() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith('millrace.chat.'));
      return JSON.parse(localStorage.getItem(key ?? '') ?? 'null')?.session ?? null;
    });
  }

  /** @param {string} selector */
  async hasFocus(selector) {
    await this.page.waitForFunction(
      (wanted) => document.activeElement?.matches(wanted), selector);
  }

  async close() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, [], 'what the page complained of');
  }
}

/** For addInitScript: a browser that lets a page keep nothing. */
export function blockStorage() {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  }
}
