// A page of the brand's: inside the conversation, or over it when its button is pressed. What the
// page posts as an event is told to the server, and so is that it was closed, which ends the wait.

import {make, makeButton} from '../dom.js';
import {eventOf} from '../events.js';
import {safeTarget} from '../markdown.js';

/** @typedef {import('./kinds.js').Tools} Tools */

const kHeightPx = 320;

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render(item, tools) {
    const address = addressOf(item.url);
    if (!address) return make('div', 'asset');
    const label = item.label || tools.words.open;
    // Only what comes encrypted, or from here, may stand in the page; the rest opens by itself.
    const isOwn = new URL(address).origin === location.origin;
    if (!address.startsWith('https:') && !isOwn) {
      return make('div', 'asset choices', linkTo(address, label));
    }
    if (item.embedded) {
      const frame = frameOf(address, label, tools, () => {});
      frame.style.blockSize = `${Math.min(Math.max(item.height || kHeightPx, 60), 900)}px`;
      return make('div', 'asset webview ps-webview-inline-overlay', frame);
    }
    const open = makeButton('choice strong', label, () => openOver(address, label, tools));
    return make('div', 'asset choices', open);
  },
};

/** A path is one of the server's own; two slashes would name another. @param {string} given */
function addressOf(given) {
  return safeTarget(/^\/(?![/\\])/.test(given) ? new URL(given, location.href).href : given);
}

/**
 * @param {string} address
 * @param {string} label
 */
function linkTo(address, label) {
  const link = make('a', 'choice', label);
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return link;
}

/**
 * @param {string} address
 * @param {string} label
 * @param {Tools} tools
 */
function openOver(address, label, tools) {
  const dialog = make('dialog', 'over ps-webview-overlay');
  const close = makeButton('choice', tools.words.close, () => dialog.close());
  const inTab = linkTo(address, '');
  inTab.setAttribute('aria-label', tools.words.newTab);
  inTab.title = tools.words.newTab;
  const title = make('strong', 'ps-webview-pagetitle', label);
  dialog.setAttribute('aria-label', label);
  dialog.append(
    make('div', 'bar ps-webview-header-bar', title, inTab, close),
    frameOf(address, label, tools, () => dialog.close()),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    tools.tell({name: 'webview_closed', detail: {url: address}});
  });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

/**
 * @param {string} address
 * @param {string} title
 * @param {Tools} tools
 * @param {() => void} closed
 */
function frameOf(address, title, tools, closed) {
  const frame = make('iframe', '');
  frame.title = title;
  frame.src = address;
  frame.referrerPolicy = 'no-referrer';
  // A page from here that had scripts and this origin could let itself out.
  const isForeign = new URL(address).origin !== location.origin;
  const leave = `allow-scripts allow-forms allow-popups${isForeign ? ' allow-same-origin' : ''}`;
  frame.setAttribute('sandbox', leave);
  let wasThere = false;
  const listen = (/** @type {MessageEvent} */ {source, data}) => {
    wasThere ||= frame.isConnected;
    if (wasThere && !frame.isConnected) window.removeEventListener('message', listen);
    if (!frame.isConnected || source !== frame.contentWindow) return;
    const event = eventOf(data);
    if (event) tools.tell(event);
    if (data?.type === 'millrace:close') closed();
  };
  window.addEventListener('message', listen);
  return frame;
}
