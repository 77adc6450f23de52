// A chat as an operator may see it: what was said in it, turn by turn. Words of people are masked
// for whoever may not read them, by the server.

import {ask, askForList, signIn} from './asking.js';
import {at, element, facts, link, time} from './parts.js';

const kTurnsMax = 1000;
/** @type {Record<string, string>} */
const kWho = {consumer: 'Person', bot: 'Bot', agent: 'Agent'};
const id = new URLSearchParams(location.search).get('id') ?? '';

/** @param {any} turn */
function turnItems({messages}) {
  return messages.map((/** @type {any} */ message) => {
    const item = element('li', '', {'data-from': message.from});
    const what = message.text || `[${message.asset?.type ?? 'without words'}]`;
    item.append(
      element('strong', message.agent || kWho[message.from]), ' ', time(message.at),
      element('p', what),
    );
    return item;
  });
}

/** @param {any} chat @param {boolean} seesOwed */
function factsOf(chat, seesOwed) {
  const owed = link('what it owed', `deliveries?state=&chat=${encodeURIComponent(id)}`);
  return facts([
    ['Chat', element('code', chat.id)],
    ['Solution', chat.solution],
    ['Version', element('code', chat.version.slice(0, 12))],
    ['Phase', chat.phase],
    ['Begun', time(chat.begun_at)],
    ['Last turn', time(chat.last_at)],
    ['Consumer', element('code', chat.consumer)],
    ['Deliveries', seesOwed ? owed : ''],
  ]);
}

const [session, chat, turns] = await Promise.all([
  ask('GET', '/session'),
  ask('GET', `/chats/${encodeURIComponent(id)}`),
  askForList(`/chats/${encodeURIComponent(id)}/turns`, {}, kTurnsMax),
]);
if (session.status === 401) {
  signIn();
} else if (!chat.ok || !turns.ok) {
  at('said').textContent = (chat.ok ? turns : chat).said.message;
} else {
  at('facts').append(factsOf(chat.said, session.said.rights.includes('ops.read')));
  at('masked').hidden = !chat.said.masked;
  at('turns').append(...turns.items.flatMap(turnItems));
  at('cut').hidden = !turns.hasMore;
  at('inside').hidden = false;
}
