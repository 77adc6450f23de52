// What the SDK's parts share: elements, styles that a strict policy lets through, and a storage
// that may be blocked.

/**
 * @param {string} name
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function make(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

/**
 * Into a page or a shadow, once. Unlike a style element this needs no leave of the page's policy.
 * @param {Document | ShadowRoot} root
 * @param {CSSStyleSheet} sheet
 */
export function adopt(root, sheet) {
  if (root.adoptedStyleSheets.includes(sheet)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** @param {string} css */
export function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** @type {Map<string, string>} */
const memory = new Map();

/** What the browser keeps for this page; where it may not, what the page itself remembers. */
export const kept = {
  /** @param {string} key */
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return memory.get(key) ?? null;
    }
  },
  /**
   * @param {string} key
   * @param {string | null} value
   */
  set(key, value) {
    memory.set(key, value ?? '');
    if (value === null) memory.delete(key);
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Blocked or full: the next page view begins without it.
    }
  },
};

let hiddenTitle = '';

/** Says in the title of a tab that nobody sees that something has come. @param {string} words */
export function flashTitle(words) {
  if (document.visibilityState === 'visible' || hiddenTitle) return;
  hiddenTitle = document.title;
  document.title = words;
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.title === words) document.title = hiddenTitle;
      hiddenTitle = '';
    },
    {once: true},
  );
}

/** Two short notes; silent where the browser wants a press first. */
export function chime() {
  try {
    const audio = new AudioContext();
    [660, 880].forEach((pitch, at) => {
      const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
      const begin = audio.currentTime + at * 0.12;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.08, begin);
      loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.25);
      tone.connect(loudness).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.25);
    });
    window.setTimeout(() => audio.close(), 1_000);
  } catch {
    // No sound here.
  }
}
