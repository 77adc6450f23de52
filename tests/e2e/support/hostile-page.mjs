// The chat page with a history that an enemy has written: hostile texts in every field of every
// kind of message, told by a socket that says what it likes.

/**
 * Without half characters, which no address and no JSON of the server's can have.
 * @param {string} text
 */
export const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/**
 * What the server leaves of a text: no control characters, and nothing unseen at its ends.
 * @param {string} text
 */
export const cleaned = (text) =>
  text
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');

/**
 * One message of each kind, with that text in all of its fields.
 * @param {string} text
 */
export function messagesOf(text) {
  const option = {label: text, value: text, description: text, image: text, url: text};
  const plain = {label: text, value: text, description: text, image: text};
  const cards = [{title: text, description: text, image: text, buttons: [option, plain]}];
  /** @param {any} asset */
  const shown = (asset) => ({app_object: {type: 'asset', text: 'What?', asset}});
  /** @type {any[]} */
  const of = [
    {msg: text},
    {from_side: 'agent', agent_name: text, msg: text},
    {from_side: 'anonymous_consumer', msg: text, client_msg_id: null},
    {
      from_side: 'anonymous_consumer',
      msg: `https://a.example/media/v1/abc/${encodeURIComponent(wellFormed(text))}`,
      client_msg_id: null,
    },
    {app_object: {type: 'buttons', text: 'What?', buttons: [option, plain]}},
    shown({type: 'quick_reply', options: [option, plain]}),
    shown({type: 'imagebutton', options: [plain]}),
    shown({type: 'listpicker', options: [plain], prompt: text}),
    shown({type: 'selection', options: [plain], multiple: true, prompt: text}),
    shown({type: 'carousel', cards}),
    shown({type: 'webview', url: text, label: text}),
    shown({type: 'webview', url: text, label: text, embedded: true}),
    shown({type: 'file_upload', options: [plain], label: text}),
    shown({type: 'datepicker', prompt: text}),
    shown({type: 'timepicker', prompt: text}),
    shown({type: 'star_rating', options: [plain, plain]}),
    shown({type: text, options: [plain]}),
    {expects: {type: 'yes_no', yes: text, no: text}, msg: 'Yes?'},
  ];
  return of;
}

/**
 * The page with a history that an enemy has written: what each message came to.
 * @param {{chat: import('./browser.mjs').ChatPage, go: () => Promise<unknown>}} how
 * @param {any[]} messages
 */
export async function shown({chat, go}, messages) {
  const history = messages.map((message, at) => ({
    id: `id ${at}`,
    seq_num: at + 1,
    from_side: 'bot',
    msg: 'What?',
    ts: 1_700_000_000_000 + at,
    app_object: null,
    client_msg_id: null,
    ...message,
  }));
  await chat.page.routeWebSocket(/\/socket\/websocket/, (socket) => {
    socket.onMessage((frame) => {
      const [joined, ref, topic, event] = JSON.parse(String(frame));
      /** @param {string | null} to @param {string} name @param {object} payload */
      const tell = (to, name, payload) =>
        socket.send(JSON.stringify([joined, to, topic, name, payload]));
      tell(ref, 'phx_reply', {status: 'ok', response: {}});
      if (event !== 'chat:snapshot') return;
      tell(null, 'chat:snapshot_response', {
        status: 'active',
        seq_num: history.length,
        history,
        agent_is_assigned: true,
        agent_name: history[1].agent_name,
      });
      for (const notice of ['agent_joined', 'agent_left'])
        tell(null, 'incoming:notice', {notice, agent_name: history[1].agent_name});
    });
  });
  await go();
  await chat.page.waitForFunction(
    (count) =>
      document.querySelectorAll('[data-seq]').length === count &&
      !document.querySelector('[data-coming]'),
    history.length,
  );
  return chat.page.locator('#log [data-seq]').evaluateAll((elements) =>
    elements.map((element) => ({
      tags: [...element.querySelectorAll('*')]
        .filter(({tagName}) => tagName !== 'IMG')
        .map(({tagName}) => tagName.toUpperCase()),
      bubble: [...(element.querySelector('.bubble')?.querySelectorAll('*') ?? [])].map(
        ({tagName}) => tagName,
      ),
      // The name that only screen readers hear, then the words.
      text: element.querySelector('.bubble')?.textContent?.replace(/^You: /, '') ?? '',
      author: element.querySelector('.author')?.textContent ?? '',
      labels: [...element.querySelectorAll('[data-choice]')].map((one) =>
        one.getAttribute('data-choice'),
      ),
    })),
  );
}
