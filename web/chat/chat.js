// The chat page: one conversation at a time, shown in the page's view. An ordinary client of the
// Engagement API on its own origin; it knows nothing that another client could not know.

import {loadTheRest} from './assets/kinds.js';
import {Conversation} from './conversation.js';
import {sendFile} from './files.js';
import {Host} from './host.js';
import {News} from './news.js';
import {chooseLocale, directionOf, readFacts} from './page.js';
import {appIdOf, keepWith, keyOf, loadKept, saveKept} from './session.js';
import {View} from './view.js';
import {wordsOf} from './words.js';

const kGoneOftenMs = 30_000;
const kGoneDelayMs = 5_000;

const facts = readFacts();
const asked = new URLSearchParams(location.search);
const appId = appIdOf(location.pathname);
const host = new Host(facts.origins, asked.has('host'));
const locale = chooseLocale(facts.locales, [asked.get('locale') ?? '', ...navigator.languages]);
const root = document.documentElement;
root.lang = locale;
root.dir = directionOf(locale);
const light = asked.get('theme') ?? '';
if (['light', 'dark'].includes(light)) root.style.colorScheme = light;
// Where another page shows the chat, that page is the card.
root.classList.toggle('framed', host.isFrame);

host.post('APP_MOUNT');
const greeting = host.greeting();
keepWith((kept) => host.keep(kept));
const words = await wordsOf(locale);

/** Once, when the first words are there. */
let rest = () => {
  rest = () => {};
  if ('requestIdleCallback' in window) window.requestIdleCallback(loadTheRest);
  else setTimeout(loadTheRest);
};
/** @type {Conversation} */
let conversation;
let lastGoneAt = 0;
const news = new News(host);
const view = new View(
  {facts, locale, words, isFramed: host.isFrame},
  {
    say: (text, isSecret) => conversation.say(text, isSecret),
    sayAgain: (id) => conversation.sayAgain(id),
    tell: (event) => conversation.tell(event),
    more: () => conversation.more(),
    type: (isTyping) => conversation.type(isTyping),
    send: (file, progress) => sendFile(conversation.session, file, progress),
    startOver,
    hide: () => show(false),
  },
);
document.getElementById('hide')?.toggleAttribute('hidden', !(asked.has('host') && host.isFrame));

/**
 * @param {import('./session.js').Kept | null} kept
 * @param {number} [delayMs]
 */
async function converse(kept, delayMs = 0) {
  const begun = new Conversation({
    appId,
    kept,
    locale,
    profile: (await greeting).profile,
    changed(model) {
      view.show(model);
      news.look(model);
      if (model.messages.length > 0) rest();
    },
    gone: beginAnew,
  });
  conversation = begun;
  window.setTimeout(() => begun === conversation && begun.begin(), delayMs);
}

/** @param {string[]} unsaid */
function beginAnew(unsaid) {
  saveKept(appId, null);
  view.clear();
  // Said to a conversation that is no more: given back, to be said again or not.
  view.offer(unsaid.join('\n'));
  // A server that forgets each session at once is not to be asked for the next one at once.
  const isOften = Date.now() - lastGoneAt < kGoneOftenMs;
  lastGoneAt = Date.now();
  converse(null, isOften ? kGoneDelayMs : 0);
}

function startOver() {
  conversation.close();
  saveKept(appId, null);
  view.clear();
  news.forget();
  converse(null);
  host.post('CHAT_RESTARTED');
}

/** @param {boolean} isShown */
function show(isShown) {
  host.post(isShown ? 'CHAT_SHOW' : 'CHAT_HIDE');
  if (isShown) conversation.nudge();
}

/** How the page looks, for the bubble beside it. */
function tellLook() {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--on-accent)';
  probe.style.backgroundColor = 'var(--accent)';
  const {backgroundColor: accent, color: ink} = getComputedStyle(probe);
  host.post('millrace:look', {accent, ink});
  probe.remove();
}

host.post('BOOT_FINISHED');
tellLook();
host.post('SET_IFRAME_TITLE', {title: facts.title});
const {kept: keptAround} = await greeting;
await converse(loadKept(appId) ?? (keptAround && {session: keptAround.session, outbox: []}));

host.listen({restart: startOver, shown: show, tell: (event) => conversation.tell(event)});
for (const name of ['online', 'offline', 'pageshow']) {
  window.addEventListener(name, () => {
    conversation.nudge();
    view.again();
  });
}
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') conversation.nudge();
});
window.addEventListener('keydown', ({key}) => {
  if (key === 'Escape' && asked.has('host') && !document.querySelector('dialog')) show(false);
});
// Another tab has begun anew: where this one's conversation is over, it goes along.
window.addEventListener('storage', ({key}) => {
  if (key !== keyOf(appId) || !conversation.hasEnded) return;
  const kept = loadKept(appId);
  if (!kept || kept.session.chat_id === conversation.session?.chat_id) return;
  conversation.close();
  view.clear();
  converse(kept);
});
