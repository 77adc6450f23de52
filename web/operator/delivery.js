// One delivery, which opens: what is owed and to whom, what became of it and why, and what whoever
// looks may do about it.

import {ask} from './asking.js';
import {element, facts, link, time} from './parts.js';

const kStates = /** @type {Record<string, string>} */ ({
  waiting: 'Owed',
  held: 'Held',
  rejected: 'Refused',
  delivered: 'Delivered',
  dropped: 'Dropped',
});

/** @param {any} delivery */
function stateOf(delivery) {
  return delivery.stopped ? 'Stopped' : kStates[delivery.state];
}

/** What has become of it, in words. @param {any} delivery */
function diagnosisOf({state, stopped, outcome, attempts = 0}) {
  if (stopped) return `Nothing goes to its receiver: ${stopped}.`;
  switch (state) {
    case 'waiting':
      return attempts > 0
        ? 'It could not be sent yet and is tried again.'
        : 'It waits for its turn to be sent.';
    case 'held':
      return (
        'It was sent and no answer came, so it may have happened. ' +
        'It is not sent again until somebody says so.'
      );
    case 'rejected':
      return outcome.outcome === 'config_error'
        ? 'Its receiver did not accept the key or the address.'
        : 'Its receiver did not take it.';
    case 'dropped':
      return 'Somebody dropped it: it is not sent any more.';
    default:
      return outcome.possible_duplicates
        ? 'It was delivered, and may be there twice.'
        : outcome.outcome === 'partial'
          ? 'It was delivered in part.'
          : 'It was delivered.';
  }
}

/** @param {any[]} items of an outcome */
function reasons(items) {
  const list = element('ul', '', {class: 'reasons'});
  for (const {index, state, reason} of items) {
    list.append(element('li', `Part ${index + 1}: ${state}${reason ? `, ${reason}` : ''}`));
  }
  return list;
}

/** @param {any} delivery */
function summaryOf(delivery) {
  const summary = element('summary');
  const reason = delivery.outcome.items.find((/** @type {any} */ each) => each.reason)?.reason;
  const why = delivery.stopped || reason;
  const isBad = delivery.stopped || ['held', 'rejected'].includes(delivery.state);
  summary.append(
    time(delivery.owed_at),
    element('span', delivery.holds, {class: 'what'}),
    element('span', stateOf(delivery), {class: `state ${isBad ? 'bad' : delivery.state}`}),
    element('span', `${delivery.solution}, ${delivery.environment}`, {class: 'whose'}),
    element('span', why ?? '', {class: 'why'}),
  );
  return summary;
}

/** @param {any} delivery */
function factsOf(delivery) {
  const {attempts, outcome, chat, consumer} = delivery;
  const readsChats = delivery.may.includes('chat.read');
  return facts([
    ['Key', element('code', delivery.key)],
    ['Kind', delivery.kind],
    ['Owed since', time(delivery.owed_at)],
    ['Last changed', delivery.changed_at ? time(delivery.changed_at) : ''],
    ['Attempts', attempts ? String(attempts) : ''],
    ['Last answer', outcome.status ? `status ${outcome.status}` : ''],
    ['Request', delivery.request_id ? element('code', delivery.request_id) : ''],
    ['Chat', chat && readsChats ? link(chat, `chat?id=${encodeURIComponent(chat)}`) : chat],
    ['Consumer', link(consumer, `deliveries?state=&consumer=${encodeURIComponent(consumer)}`)],
  ]);
}

/** @param {any} value */
function written(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return element('pre', text, {tabindex: '0'});
}

/** What it holds, and what was answered; that it was read stands in the audit log. */
async function reveal(/** @type {any} */ delivery, /** @type {HTMLElement} */ into) {
  const path = `/deliveries/${encodeURIComponent(delivery.key)}?reveal=true`;
  const {ok, said} = await ask('GET', path);
  if (!ok) {
    into.replaceChildren(element('p', said.message, {class: 'bad'}));
    return;
  }
  const answer = said.outcome.answer;
  into.replaceChildren(
    element('h3', 'What it holds'), written(said.body),
    element('h3', 'What was answered'),
    answer === undefined ? element('p', 'No answer is kept.') : written(answer),
  );
}

/**
 * What whoever looks may do about it. One that waits is sent by itself; where its receiver is
 * stopped, it is the receiver that is let go on.
 * @param {any} delivery
 * @param {(action: 'retry' | 'drop', delivery: any) => void} order
 * @param {() => void} show
 */
function actionsFor(delivery, order, show) {
  const {state, may} = delivery;
  const changes = may.includes('delivery.write') && state !== 'delivered';
  const offers = /** @type {[boolean, string, string, () => void][]} */ ([
    [changes && state !== 'waiting', 'Send it again', 'retry', () => order('retry', delivery)],
    [changes && state !== 'dropped', 'Drop it', 'drop', () => order('drop', delivery)],
    [may.includes('pii.read'), 'Show what it holds', 'reveal', show],
  ]);
  const actions = element('p', '', {class: 'actions'});
  for (const [isOffered, text, name, does] of offers) {
    if (!isOffered) continue;
    const button = element('button', text, {type: 'button', 'data-do': name});
    button.addEventListener('click', does);
    actions.append(button);
  }
  return actions;
}

/**
 * @param {any} delivery
 * @param {HTMLElement | undefined} former its item, as it was
 * @param {(action: 'retry' | 'drop', delivery: any) => void} order
 */
export function deliveryItem(delivery, former, order) {
  const details = document.createElement('details');
  details.open = former?.querySelector('details')?.open ?? false;
  const held = element('div');
  details.append(
    summaryOf(delivery),
    element('p', diagnosisOf(delivery)),
    reasons(delivery.outcome.items),
    factsOf(delivery),
    actionsFor(delivery, order, () => reveal(delivery, held)),
    held,
  );
  const item = element('li');
  item.append(details);
  return item;
}
