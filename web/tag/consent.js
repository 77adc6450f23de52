// Whether anything may be kept and sent, and what the visitor has said about it.

import {parsed} from './parts.js';

export const kConsent = 'millrace-consent';

/** @typedef {ReturnType<typeof consentIn>} Consent */
/** @typedef {Record<string, boolean>} Preferences by purpose */

/**
 * @param {import('./kept.js').Kept} kept
 * @param {{consent?: unknown, purpose?: string, gpc?: unknown}} options
 */
export function consentIn(kept, {consent: mode, purpose, gpc}) {
  const consent = {
    /** Whether the visitor is asked first. */
    isRequired: mode === 'required',
    /** @type {Preferences | undefined} */
    preferences: undefined,

    /** What was said on an earlier page, or in another tab. */
    read() {
      consent.preferences = parsed(kept.get(kConsent))?.preferences;
    },

    /** The stub reads `ok`. */
    store() {
      const {preferences} = consent;
      if (preferences) kept.set(kConsent, JSON.stringify({ok: consent.isGiven(), preferences}));
    },

    /** @returns {boolean | undefined} nothing while it is waited for */
    isGiven() {
      const {preferences, isRequired} = consent;
      if (gpc && /** @type {any} */ (navigator).globalPrivacyControl) return false;
      if (!preferences) return isRequired ? undefined : true;
      return purpose ? !!preferences[purpose] : Object.values(preferences).includes(true);
    },
  };
  consent.read();
  return consent;
}
