// The pages of the others in `make bench-web`, each with its chat in the same element, and what
// answers the one that wants a server.

import {Server} from 'socket.io';

/** A page of a brand's with a chat in it. @param {string} script */
export const pageWith = (script) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Shop</title><style>body{font:1rem sans-serif}#chat{height:600px;width:400px}</style></head>
<body><h1>A shop</h1><p>Words that are there without a chat.</p><div id="chat"></div>
${script}</body></html>`;

// `window.told(n)` gives n messages, each answered: 2 n bubbles.
export const pageOfBotframework = (/** @type {string} */ file) =>
  pageWith(`<script src="/${file}"></script><script>
  const listeners = new Set();
  let id = 0;
  const activity = (from, text, more) => ({
    id: String(++id), type: 'message', text, timestamp: new Date().toISOString(),
    from: {id: from, role: from === 'me' ? 'user' : 'bot'}, channelId: 'test', ...more,
  });
  const stream = (begin) => ({
    subscribe(observer, ...rest) {
      const next = typeof observer === 'function' ? observer : (value) => observer.next(value);
      return begin(next);
    },
  });
  const send = (what) => { for (const next of listeners) next(what); };
  const directLine = {
    connectionStatus$: stream((next) => { next(0); next(1); next(2); return {unsubscribe() {}}; }),
    activity$: stream((next) => {
      listeners.add(next);
      next(activity('bot', 'Hello. Say something.'));
      return {unsubscribe: () => listeners.delete(next)};
    }),
    postActivity: () => stream((next) => { next(String(++id)); return {unsubscribe() {}}; }),
    getSessionId: () => stream((next) => { next('x'); return {unsubscribe() {}}; }),
    end() {},
  };
  window.told = (count) => {
    for (let at = 0; at < count; ++at) {
      send(activity('me', 'word ' + at));
      send(activity('bot', 'You said word ' + at + '.'));
    }
  };
  WebChat.renderWebChat({directLine, userID: 'me', locale: 'en-US'},
    document.getElementById('chat'));
  </script>`);

// It is given its messages by a server, over a web socket, and says what is typed into it.
export const pageOfRasa = pageWith(`<script src="/rasa.js"></script><script>
  window.told = async (count) => {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
    for (let at = 0; at < count; ++at) {
      const input = document.querySelector('.rw-new-message');
      set.call(input, 'word ' + at);
      input.dispatchEvent(new Event('input', {bubbles: true}));
      document.querySelector('.rw-send').click();
      await new Promise((done) => setTimeout(done));
    }
  };
  WebChat.default({
    socketUrl: location.origin, socketPath: '/socket.io/', initPayload: '/hello', embedded: true,
    customMessageDelay: () => 0, params: {storage: 'session'},
  }, document.getElementById('chat'));
  </script>`);

/** A bot for it that does nothing but answer. @param {import('node:http').Server} server */
export function answerRasa(server) {
  const io = new Server(server, {path: '/socket.io/', serveClient: false, allowEIO3: true});
  io.on('connection', (socket) => {
    socket.on('session_request', (asked) =>
      socket.emit('session_confirm', asked?.session_id || socket.id));
    socket.on('user_uttered', ({message}) => {
      const text = message === '/hello' ? 'Hello. Say something.' : `You said ${message}.`;
      socket.emit('bot_uttered', {text});
    });
  });
  return () => io.close();
}
