// The chat page beside npm botframework-webchat and rasa-webchat, each in the same element of the
// same page, in one run: bytes on the wire by kind, first paint and the first words of a bot with
// the CPU slowed four times, and what a thousand messages leave in memory.
//
//   node bench/web.mjs                      (bench/web has the packages: make bench-web)
//   MESSAGES=300 ROUNDS=5 ONLY=botframework node bench/web.mjs
//
// Millrace's chat talks to its server, over REST, a web socket and a journal on the disk;
// rasa-webchat over a web socket to a bot that does nothing but answer; botframework-webchat is
// handed its messages by a function in the page, which costs nothing. All pages come from one
// server on loopback, packed with gzip -9, and no cache. botframework-webchat is given 300 messages
// at most: its time grows faster than their number, and 300 take most of a minute.

import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {gzipSync} from 'node:zlib';

import {launch} from '../tests/e2e/support/browser.mjs';
import {begin, say, writeEcho} from '../tests/e2e/support/echo.mjs';
import {Server, temporaryFolder} from '../tests/e2e/support/server.mjs';
import {answerRasa, pageOfBotframework, pageOfRasa, pageWith} from './web/others.mjs';

const kMessages = Number(process.env.MESSAGES ?? 1_000);
const kRounds = Number(process.env.ROUNDS ?? 5);
const kSlowed = 4;
const kPatienceMs = 90_000;

const server = await Server.start({data: temporaryFolder(), solutions: [writeEcho()]});
const app = server.ready.app_id;

/**
 * `most` is how many messages it is given.
 * @type {Record<string, {
 *   html: string, bubbles: string, isOurs?: boolean, url?: string, most?: number,
 * }>}
 */
const kSubjects = {
  Millrace: {
    html: pageWith(`<script type="module">
      import {createChat} from '${server.ready.base_url}/sdk/millrace.js';
      createChat({appId: '${app}', target: document.getElementById('chat')});
    </script>`),
    bubbles: '[data-seq]',
    isOurs: true,
  },
  'Millrace, the page alone': {
    html: '',
    url: server.ready.chat_url,
    bubbles: '[data-seq]',
    isOurs: true,
  },
  'botframework-webchat': {
    html: pageOfBotframework('webchat.js'),
    bubbles: '.webchat__bubble, .webchat__stacked-layout__message',
    most: 300,
  },
  'botframework-webchat, minimal': {
    html: pageOfBotframework('webchat-minimal.js'),
    bubbles: '.webchat__bubble, .webchat__stacked-layout__message',
    most: 300,
  },
  'rasa-webchat': {html: pageOfRasa, bubbles: '.rw-message'},
};

const packages = new URL('web/node_modules/', import.meta.url);
/** @type {Map<string, {type: string, packed: Buffer}>} */
const files = new Map();
for (const [name, path] of Object.entries({
  'webchat.js': 'botframework-webchat/dist/webchat.js',
  'webchat-minimal.js': 'botframework-webchat/dist/webchat-minimal.js',
  'rasa.js': 'rasa-webchat/lib/index.js',
}))
  files.set(`/${name}`, {
    type: 'text/javascript',
    packed: gzipSync(readFileSync(new URL(path, packages)), {level: 9}),
  });
for (const [at, {html}] of Object.values(kSubjects).entries())
  files.set(`/page/${at}`, {type: 'text/html', packed: gzipSync(html, {level: 9})});
const brand = createServer((request, response) => {
  const file = files.get(String(request.url));
  response.writeHead(file ? 200 : 404, {
    'Content-Type': `${file?.type ?? 'text/plain'}; charset=utf-8`,
    'Content-Encoding': 'gzip',
    'Cache-Control': 'no-store',
  });
  response.end(file?.packed ?? gzipSync('nothing here'));
}).listen(0, '127.0.0.1');
await once(brand, 'listening');
const endRasa = answerRasa(brand);
const {port} = /** @type {import('node:net').AddressInfo} */ (brand.address());

/**
 * A page of its own browser.
 * @param {number} at
 * @param {number} slowed
 */
async function open(at, slowed) {
  const browser = await launch();
  const context = await browser.newContext({locale: 'en-US', viewport: {width: 900, height: 800}});
  const page = await context.newPage();
  page.setDefaultTimeout(kPatienceMs);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Performance.enable');
  if (slowed > 1) await cdp.send('Emulation.setCPUThrottlingRate', {rate: slowed});
  const url = Object.values(kSubjects)[at].url ?? `http://127.0.0.1:${port}/page/${at}`;
  return {browser, context, page, cdp, url};
}

/** Where the bubbles are. @param {import('playwright-core').Page} page @param {boolean} isOurs */
async function frameOf(page, isOurs) {
  if (!isOurs || page.url().includes('/chat/')) return page.mainFrame();
  const element = await page.waitForSelector('#chat iframe');
  return /** @type {import('playwright-core').Frame} */ (await element.contentFrame());
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {[string, typeof kSubjects[string]]} subject @param {number} at */
async function speed([, {bubbles, isOurs = false}], at) {
  const paints = [];
  const words = [];
  /** @type {Record<string, number>} */
  const bytes = {};
  let requests = 0;
  for (let round = 0; round < kRounds; ++round) {
    const {browser, page, cdp, url} = await open(at, kSlowed);
    if (round === 0) {
      /** @type {Map<string, string>} */
      const types = new Map();
      cdp.on('Network.responseReceived', ({requestId, type}) => types.set(requestId, type));
      cdp.on('Network.loadingFinished', ({requestId, encodedDataLength}) => {
        const type = types.get(requestId) ?? 'Other';
        bytes[type] = (bytes[type] ?? 0) + encodedDataLength;
        ++requests;
      });
    }
    const began = performance.now();
    await page.goto(url, {waitUntil: 'commit'});
    const frame = await frameOf(page, isOurs);
    await frame.waitForSelector(bubbles);
    words.push(performance.now() - began);
    // Of the frame that the chat stands in, or of the page where it has none.
    const paint = await frame.evaluate(() => {
      const entry = performance.getEntriesByName('first-contentful-paint')[0];
      return performance.timeOrigin + (entry?.startTime ?? NaN);
    });
    paints.push(paint - (await page.evaluate(() => performance.timeOrigin)));
    if (round === 0) await page.waitForLoadState('networkidle', {timeout: 15_000}).catch(() => {});
    await browser.close();
  }
  return {bytes, requests, paint: median(paints), words: median(words)};
}

/** What is left after `count` messages. @param {[string, typeof kSubjects[string]]} subject
 * @param {number} at @param {number} count */
async function memory([, {bubbles, isOurs = false}], at, count) {
  const {browser, context, page, cdp, url} = await open(at, 1);
  let crash = '';
  page.on('crash', () => (crash = 'the page crashed'));
  page.on('pageerror', (error) => (crash ||= String(error).split('\n')[0]));
  try {
    const session = isOurs ? await begin(server.ready) : null;
    if (session)
      await context.addInitScript(
        ([key, kept]) => {
          if (location.pathname.startsWith('/chat/')) localStorage.setItem(key, kept);
        },
        [`millrace.chat.${app}`, JSON.stringify({session})],
      );
    await page.goto(url);
    const frame = await frameOf(page, isOurs);
    await frame.waitForSelector(bubbles);
    const began = performance.now();
    if (session) {
      for (let said = 0; said < count / 2; ++said)
        await say(server.ready, session, `word ${said}`, `id ${said}`);
    } else {
      await page.evaluate((each) => /** @type {any} */ (window).told(each), count / 2);
    }
    const last = `You said word ${count / 2 - 1}.`;
    await frame.waitForFunction((text) => document.body.innerText.includes(text), last, {
      timeout: kPatienceMs,
      polling: 250,
    });
    const tookMs = performance.now() - began;
    await cdp.send('HeapProfiler.collectGarbage');
    const {metrics} = await cdp.send('Performance.getMetrics');
    const of = (/** @type {string} */ name) => metrics.find((one) => one.name === name)?.value ?? 0;
    return {heap: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), tookMs, crash};
  } catch (error) {
    return {heap: NaN, nodes: NaN, tookMs: NaN, crash: crash || String(error).split('\n')[0]};
  } finally {
    await browser.close();
  }
}

/** @param {number} bytes */
const kb = (bytes) => (bytes === undefined ? '' : (bytes / 1000).toFixed(1));
const kOnly = process.env.ONLY;
const rows = [];
const memories = [];
for (const [at, subject] of Object.entries(kSubjects).entries()) {
  if (kOnly && !subject[0].includes(kOnly)) continue;
  const {bytes, requests, paint, words} = await speed(subject, at);
  const {Document, Script, Stylesheet, ...others} = bytes;
  const rest = Object.values(others).reduce((sum, one) => sum + one, 0);
  const all = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  rows.push(
    `| ${subject[0]} | ${requests} | ${kb(all)} | ${kb(Document)} | ${kb(Script)} | ` +
      `${kb(Stylesheet)} | ${kb(rest)} | ${Math.round(paint)} | ${Math.round(words)} |`,
  );
  console.error(rows.at(-1));
  for (const count of new Set([2, 100, 300, kMessages])) {
    if (count > Math.min(kMessages, subject[1].most ?? kMessages)) continue;
    const {heap, nodes, tookMs, crash} = await memory(subject, at, count);
    memories.push(
      `| ${subject[0]} | ${count} | ${heap.toFixed(1)} | ${nodes} | ` +
        `${(tookMs / 1000).toFixed(1)} | ${crash} |`,
    );
    console.error(memories.at(-1));
  }
}
console.log(`
| on one page | requests | KB in all | pages | scripts | styles | rest | \
first paint, ms | first words, ms |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

| | messages | script heap, MB | nodes | s until the last is shown | fault |
|---|---|---|---|---|---|
${memories.join('\n')}`);
endRasa();
brand.close();
await server.stop();
