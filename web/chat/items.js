// What the page shows of a conversation, oldest first: the messages of both sides with what can be
// answered, what is still to be sent, and the lines between. It all follows from the conversation
// alone. Plain data in, plain data out: no page here.

/**
 * @typedef {import('./transcript.js').Message} Message
 * @typedef {import('./contract.js').Card} Card
 * @typedef {import('./contract.js').Expects} Expects
 * @typedef {import('./contract.js').Option & {value?: string}} Option one of an asset's, or one of
 *   the buttons that every client is given
 * @typedef {{
 *   key: string, side: 'bot' | 'agent' | 'consumer', name?: string, text: string, seq?: number,
 *   at?: number,
 *   state: 'said' | 'sending' | 'failed', kind: string, options: Option[], cards: Card[], multiple:
 *   boolean,
 *   embedded: boolean, height: number, url: string, label: string, prompt: string, expects: Expects
 *   | null,
 *   secure: boolean, isOpen: boolean, locksInput: boolean, chosen?: string, answers?: Item,
 *   file?: import('./files.js').SentFile,
 * }} Item a message; `kind` is what it shows beside its words (assets/kinds.js), `answers` the
 * question before it
 * @typedef {{key: string, line: 'day' | 'notice', at: number, notice?: Notice}} Line
 * @typedef {{key: string, after: number, at: number, what: 'joined' | 'left', name: string}} Notice
 */

import {fileIn} from './files.js';

const kRangeMax = 200;
export const kHidden = '••••';

/** @type {Omit<Item, 'key' | 'side' | 'text' | 'state'>} */
const kBare = {
  kind: '',
  options: [],
  cards: [],
  multiple: false,
  embedded: false,
  height: 0,
  url: '',
  label: '',
  prompt: '',
  expects: null,
  secure: false,
  isOpen: false,
  locksInput: false,
};

/**
 * The messages. Their choices are open until the consumer says something.
 * @param {Pick<import('./conversation.js').Model, 'messages' | 'unsent'>} model
 * @returns {Item[]}
 */
export function itemsOf({messages, unsent}) {
  const items = messages.map(itemOf);
  for (const {client_msg_id: key, msg: text, failed} of unsent) {
    const state = failed ? 'failed' : 'sending';
    items.push({...kBare, key, side: 'consumer', text, state, ...fileWith(text)});
  }
  /** @type {Item | undefined} */
  let question;
  for (const item of items) {
    if (item.side !== 'consumer') {
      question = item;
    } else if (item.state !== 'failed') {
      item.answers = question;
      if (question?.secure) item.text = kHidden;
    }
  }
  /** @type {Item | undefined} */
  let answer;
  for (let at = items.length - 1; at >= 0; --at) {
    const item = items[at];
    if (item.side === 'consumer' && item.state !== 'failed') answer = item;
    // A page that was closed answers without a word of the consumer's; then the bot goes on.
    const isLeft = item.kind === 'webview' && at < items.length - 1;
    item.isOpen = answer === undefined && !isLeft;
    item.chosen = answer?.text;
    item.locksInput &&= item.isOpen;
  }
  return items;
}

/**
 * @param {Message} message
 * @returns {Item}
 */
function itemOf(message) {
  const {app_object: shown, expects = null} = message;
  const isOwn = message.from_side === 'anonymous_consumer';
  /** @type {Partial<import('./contract.js').Asset>} */
  const asset = shown?.asset ?? {};
  const kind = isOwn ? '' : kindOf(message);
  return {
    ...kBare,
    key: (isOwn ? message.client_msg_id : null) ?? message.id,
    side: isOwn ? 'consumer' : message.from_side === 'agent' ? 'agent' : 'bot',
    name: message.agent_name,
    // `msg` has the words of the asset too, for clients that show nothing else.
    text: shown?.text ?? message.msg ?? '',
    seq: message.seq_num,
    at: message.ts,
    state: 'said',
    kind,
    options: optionsOf(kind, asset.options ?? shown?.buttons ?? [], expects),
    cards: asset.cards ?? [],
    multiple: asset.multiple ?? false,
    embedded: asset.embedded ?? false,
    height: asset.height ?? 0,
    url: asset.url ?? '',
    label: asset.label ?? '',
    prompt: asset.prompt ?? '',
    expects,
    secure: message.secure_app_object ?? false,
    locksInput: shown?.input === 'disabled',
    ...(isOwn && fileWith(message.file ?? message.msg, Boolean(message.file))),
  };
}

/**
 * @param {string} text
 * @param {boolean} [isNamed]
 */
function fileWith(text, isNamed) {
  const file = fileIn(text, isNamed || undefined);
  return file && {file, text: file.name};
}

/**
 * What is shown for a message: its asset, else what helps to answer what it asks for.
 * @param {Message} message
 */
export function kindOf({app_object: shown, expects}) {
  if (shown?.asset) return shown.asset.type;
  if (shown?.buttons?.length) return 'buttons';
  switch (expects?.type) {
    case 'yes_no':
      return 'yes_no';
    case 'date':
      return 'datepicker';
    case 'time':
      return 'timepicker';
    case 'file':
      return 'file_upload';
    case 'number': {
      const {min, max} = expects;
      return min !== undefined && max !== undefined && max > min && max - min <= kRangeMax
        ? 'range'
        : '';
    }
    default:
      return '';
  }
}

/**
 * @param {string} kind
 * @param {Option[]} options
 * @param {Expects | null} expects
 * @returns {Option[]}
 */
function optionsOf(kind, options, expects) {
  if (kind !== 'yes_no') return options;
  return [expects?.yes, expects?.no]
    .filter((word) => typeof word === 'string')
    .map((word) => ({label: word.charAt(0).toUpperCase() + word.slice(1), value: word}));
}

/**
 * The same with a line where a day begins, and where somebody came or went.
 * @param {Item[]} items
 * @param {Notice[]} notices
 * @returns {(Item | Line)[]}
 */
export function withLines(items, notices) {
  /** @type {(Item | Line)[]} */
  const out = [];
  const waiting = [...notices];
  let day = '';
  for (const item of items) {
    while (waiting.length > 0 && item.seq && item.seq > waiting[0].after)
      out.push(lineOf(waiting.shift()));
    const today = item.at === undefined ? day : new Date(item.at).toDateString();
    if (today !== day) out.push({key: `day ${today}`, line: 'day', at: item.at ?? 0});
    day = today;
    out.push(item);
  }
  return [...out, ...waiting.map(lineOf)];
}

/**
 * @param {Notice | undefined} notice
 * @returns {Line}
 */
function lineOf(notice) {
  return {key: notice?.key ?? '', line: 'notice', at: notice?.at ?? 0, notice};
}

/**
 * What a keyboard and a browser can do to help with the open question.
 * @param {Item | undefined} question
 * @returns {{inputmode: string, autocomplete: string, isHidden: boolean}}
 */
export function helpFor(question) {
  const none = {inputmode: 'text', autocomplete: 'off', isHidden: false};
  if (!question?.isOpen) return none;
  if (question.secure) return {...none, isHidden: true};
  switch (question.expects?.type) {
    case 'email':
      return {...none, inputmode: 'email', autocomplete: 'email'};
    case 'phone':
      return {...none, inputmode: 'tel', autocomplete: 'tel'};
    case 'address':
      return {...none, autocomplete: 'street-address'};
    case 'number':
      return {...none, inputmode: question.expects.whole ? 'numeric' : 'decimal'};
    default:
      return none;
  }
}

/**
 * An answer that is a day or a time, as the language writes it; null for any other.
 * @param {string} text
 * @param {string} locale
 */
export function written(text, locale) {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  if (!isDay && !/^\d\d:\d\d$/.test(text)) return null;
  const time = Date.parse(isDay ? `${text}T00:00:00Z` : `2000-01-01T${text}:00Z`);
  if (Number.isNaN(time)) return null;
  const how = isDay
    ? /** @type {const} */ ({dateStyle: 'long'})
    : /** @type {const} */ ({timeStyle: 'short'});
  return new Intl.DateTimeFormat(locale, {...how, timeZone: 'UTC'}).format(time);
}

/**
 * A day that was chosen is said in the notation that everybody has, and shown in their own.
 * @param {Item} item
 * @param {string} locale
 */
export function shownText({text, answers}, locale) {
  const isDate = ['datepicker', 'timepicker'].includes(answers?.kind ?? '');
  return (isDate && written(text, locale)) || text;
}
