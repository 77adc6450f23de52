// What is owed to outside systems, the newest first: seen, and settled by those who may. The list
// is read again every few seconds while somebody looks, and the filter stands in the address.

import {ask, askForList, signIn} from './asking.js';
import {deliveryItem} from './delivery.js';
import {at, element, showItems, time} from './parts.js';

const kRefreshMs = 3000;
const kPage = 50;
const kListedMax = 1000;
const kSayings = /** @type {const} */ ({
  retry: {
    what: (/** @type {any} */ delivery) =>
      delivery.state === 'held'
        ? 'Send it again? It may have happened already, and would then be there twice.'
        : 'Send it again?',
    does: 'Send it again',
  },
  drop: {what: () => 'Drop it? It is then not sent any more.', does: 'Drop it'},
});

const filter = /** @type {HTMLFormElement} */ (at('filter'));
const fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ (
  [...filter.elements].filter((each) => each.hasAttribute('name'))
);
let wanted = kPage;
/** What stands in the way of reading the list; '' when nothing does. */
let trouble = '';
/** Counts what was asked, so that a late answer does not replace a newer one. */
let asked = 0;

function readAddress() {
  const query = new URLSearchParams(location.search);
  for (const field of fields) {
    const given = query.get(field.name);
    if (given === null) continue;
    // A solution that nothing is owed for any more is none that could be chosen yet.
    if (field.name === 'solution' && given) field.append(element('option', given));
    field.value = given;
  }
}

function query() {
  return Object.fromEntries(fields.map(({name, value}) => [name, value.trim()]));
}

/** @param {any[]} pipes */
function offerSolutions(pipes) {
  const field = fields.find(({name}) => name === 'solution');
  const there = new Set([...(field?.querySelectorAll('option') ?? [])].map(({value}) => value));
  for (const name of new Set(pipes.map(({solution}) => solution))) {
    if (!there.has(name)) field?.append(element('option', name));
  }
}

/**
 * Asks once more; true when it is to be done. Each question has a dialog of its own: a dialog tells
 * that it was closed a little later, when another may be open already.
 * @param {string} what @param {string} does
 */
function isSure(what, does) {
  const dialog = /** @type {HTMLDialogElement} */ (element('dialog', '', {'aria-label': does}));
  const form = element('form', '', {method: 'dialog'});
  form.append(
    element('p', what),
    element('button', 'Leave it', {value: '', autofocus: ''}),
    element('button', does, {value: 'yes', 'data-do': 'yes'}),
  );
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      done(dialog.returnValue === 'yes');
    });
  });
}

/** @param {import('./asking.js').Answer} answer @param {string} done */
function tell(answer, done) {
  at('said').textContent = answer.ok ? done : answer.said.message;
  at('said').classList.toggle('bad', !answer.ok);
}

/** @param {'retry' | 'drop'} action @param {any} delivery */
async function order(action, delivery) {
  const {what, does} = kSayings[action];
  if (!(await isSure(what(delivery), does))) return;
  const answer = await ask('POST', `/deliveries/${encodeURIComponent(delivery.key)}/${action}`);
  tell(answer, action === 'retry' ? 'It is sent again.' : 'It is dropped.');
  await refresh();
}

/** @param {any} pipe */
function waitingIn({waiting}) {
  if (waiting === 0) return 'nothing waits';
  return waiting === 1 ? '1 waits' : `${waiting} wait`;
}

/** @param {any} pipe */
function pipeItem(pipe) {
  const item = element('li', '', {class: pipe.stopped ? 'stopped' : ''});
  item.append(
    element('strong', `${pipe.receiver}, for ${pipe.solution} (${pipe.environment})`),
    `: ${waitingIn(pipe)}`,
  );
  if (pipe.oldest_owed_at) item.append(', the oldest since ', time(pipe.oldest_owed_at));
  if (!pipe.stopped) return item;
  item.append(element('p', `Stopped: ${pipe.stopped}`, {class: 'bad'}));
  if (!pipe.may_resume || pipe.waiting === 0) return item;
  const button = element('button', 'Let it go on', {type: 'button', 'data-do': 'resume'});
  button.addEventListener('click', async () => {
    tell(await ask('POST', `/pipes/${pipe.pipe}/resume`), 'It goes on.');
    await refresh();
  });
  item.append(button);
  return item;
}

/** @param {any[]} deliveries @param {boolean} hasMore @param {any[]} pipes */
function show(deliveries, hasMore, pipes) {
  showItems(at('pipes'), pipes, ({pipe}) => pipe, pipeItem);
  at('pipes-part').hidden = pipes.length === 0;
  offerSolutions(pipes);
  const make = (/** @type {any} */ item, /** @type {HTMLElement | undefined} */ former) =>
    deliveryItem(item, former, order);
  showItems(at('deliveries'), deliveries, ({key}) => key, make);
  at('none').hidden = deliveries.length > 0;
  at('more').hidden = !hasMore || wanted >= kListedMax;
  at('too-many').hidden = !hasMore || wanted < kListedMax;
}

async function refresh() {
  const number = ++asked;
  const [list, pipes] = await Promise.all([
    askForList('/deliveries', {...query(), order: 'newest'}, wanted),
    ask('GET', '/pipes'),
  ]);
  if (number !== asked) return;
  if (list.status === 401) signIn();
  const before = trouble;
  trouble = list.ok ? '' : list.said.message;
  if (list.ok) show(list.items, list.hasMore, pipes.ok ? pipes.said.items : []);
  if (trouble !== before) tell(list, '');
}

filter.addEventListener('input', () => {
  wanted = kPage;
  history.replaceState(null, '', `?${new URLSearchParams(query())}`);
  at('said').textContent = '';
  refresh();
});
filter.addEventListener('submit', (event) => event.preventDefault());
at('more').addEventListener('click', () => {
  wanted = Math.min(wanted * 2, kListedMax);
  refresh();
});
setInterval(() => {
  if (!document.hidden) refresh();
}, kRefreshMs);
readAddress();
refresh();
