// The chat page: one conversation at a time, shown in the page's view. An ordinary client of the
// Engagement API on its own origin; it knows nothing that another client could not know.

import {Conversation} from './conversation.js';
import {listenToPage} from './events.js';
import {appIdOf, loadKept, saveKept} from './session.js';
import {View} from './view.js';
import {chooseWords} from './words.js';

const kGoneOftenMs = 30_000;
const kGoneDelayMs = 5_000;

const appId = appIdOf(location.pathname);
const {language, words} = chooseWords(navigator.languages ?? [navigator.language]);
/** @type {Conversation} */
let conversation;
let lastGoneAt = 0;

document.documentElement.lang = language;
const view = new View(words, {
  say: (text) => conversation.say(text),
  sayAgain: (id) => conversation.sayAgain(id),
  startOver,
});

/**
 * @param {import('./session.js').Kept | null} kept
 * @param {number} [delayMs]
 */
function converse(kept, delayMs = 0) {
  const changed = view.show.bind(view);
  conversation = new Conversation({appId, kept, changed, gone: beginAnew});
  const begun = conversation;
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
  converse(null);
}

for (const name of ['online', 'offline', 'pageshow']) {
  window.addEventListener(name, () => conversation.nudge());
}
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') conversation.nudge();
});

converse(loadKept(appId));
listenToPage((event) => conversation.tell(event));
