// Who looks at the page, as far as the tag knows, and which visit this is.

import {newId, parsed} from './parts.js';

/** The chat reads it, too: docs/page-tag.md. */
const kAnonymousId = 'millrace-anonymous-id';
const kUserId = 'millrace-user-id';
const kSession = 'millrace-session';
const kYear = 31_536_000;
const kIdleMs = 1_800_000;

/** @typedef {ReturnType<typeof identityIn>} Identity */
/** @typedef {{id: string, at: number, referrer: string, campaign?: object}} Session */

/**
 * @param {import('./kept.js').Kept} kept
 * @param {unknown} cookie whether there is one as well, or the domain of it
 */
export function identityIn(kept, cookie) {
  const read = () =>
    cookie ? /\bmillrace-anonymous-id=([^;]+)/.exec(document.cookie)?.[1] : undefined;
  /** @param {string} id @param {number} seconds */
  const write = (id, seconds) => {
    if (!cookie || kept.isHeld) return;
    const domain = cookie === true ? '' : ';domain=' + cookie;
    const secure = location.protocol === 'https:' ? ';secure' : '';
    document.cookie =
      kAnonymousId + '=' + id + ';path=/;samesite=lax;max-age=' + seconds + domain + secure;
  };
  return {
    /** Made when it is first asked for. */
    anonymousId() {
      const known = kept.get(kAnonymousId);
      const shared = read();
      const id = shared || known || newId();
      if (id !== known) kept.set(kAnonymousId, id);
      if (id !== shared) write(id, kYear);
      return id;
    },

    userId: () => kept.get(kUserId) || undefined,

    /** @param {string} id */
    setUserId: (id) => kept.set(kUserId, id),

    /**
     * The visit, which is over after half an hour without an event.
     * @param {number} at
     * @param {object} [campaign] that leads into it now
     * @returns {Session}
     */
    session(at, campaign) {
      const last = parsed(kept.get(kSession));
      const isOn = last && Math.abs(at - last.at) <= kIdleMs;
      const session = {...(isOn ? last : {id: newId(), referrer: document.referrer}), at};
      if (campaign) session.campaign = campaign;
      kept.set(kSession, JSON.stringify(session));
      return session;
    },

    /** Whoever comes next is somebody else. */
    forget() {
      [kAnonymousId, kUserId, kSession].forEach(kept.remove);
      write('', 0);
    },
  };
}
