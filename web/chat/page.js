// What the server says about this page (in its head), and what its address asks for: which
// solution, in which language, in which light, and whether another page shows it in a frame.
// Only `readFacts` looks at the document.

/**
 * @typedef {{
 *   title: string, subtitle: string, logo: string, avatar: string, locales: string[],
 *   origins: string[], uploads: Uploads,
 * }} Facts
 * @typedef {{
 *   mb: number, kinds?: ('image' | 'pdf' | 'document' | 'text' | 'audio' | 'video')[],
 * }} Uploads how large a file may be, and of which kinds; all where none are named
 */

/** @type {Facts} */
const kNothingSaid = {
  title: '',
  subtitle: '',
  logo: '',
  avatar: '',
  locales: ['en'],
  origins: [],
  uploads: {mb: 0},
};

/** @returns {Facts} */
export function readFacts() {
  const told = document.querySelector('meta[name="millrace-facts"]')?.getAttribute('content');
  try {
    return {...kNothingSaid, ...JSON.parse(told ?? '')};
  } catch {
    return kNothingSaid;
  }
}

/**
 * The best of the solution's languages for what is asked for, in that order; its first when it
 * speaks none of them. The bot chooses by the same rule, so that both speak the same one.
 * @param {readonly string[]} ours
 * @param {readonly string[]} asked
 */
export function chooseLocale(ours, asked) {
  for (const wanted of asked) {
    const same = ours.find((one) => one.toLowerCase() === wanted.toLowerCase());
    const near = ours.find((one) => baseOf(one) === baseOf(wanted));
    if (same ?? near) return same ?? near ?? '';
  }
  return ours[0] ?? 'en';
}

/** @param {string} language */
export function baseOf(language) {
  return language.toLowerCase().split('-')[0];
}

const kFromTheRight = ['ar', 'he', 'fa', 'ur', 'yi', 'ps', 'sd', 'ug', 'dv', 'ckb'];

/** @param {string} locale */
export function directionOf(locale) {
  return kFromTheRight.includes(baseOf(locale)) ? 'rtl' : 'ltr';
}

/**
 * The address of an image, if it can only be an image.
 * @param {string | undefined} address
 */
export function imageAddress(address) {
  return address && /^(https:\/\/|data:image\/[a-z.+-]+[;,])/i.test(address) ? address : '';
}
