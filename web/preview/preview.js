// The preview of a theme: the solution's real chat page in a frame, which wears what is chosen
// here. The frame is of this origin, so that its names can be given other values; nothing is
// stored.

import {kColours, colourOf, hardToRead, styleOf, yamlOf} from './theme.js';

const kWidths = [320, 390, 1280];

/** @type {import('./theme.js').Theme} */
const theme = {
  title: '',
  subtitle: '',
  header: 'plain',
  corners: 'round',
  mode: 'auto',
  colours: {},
  dark: {},
};
/** How the frame is looked at, whatever the theme says. */
let light = '';

/**
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 */
function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}
const form = get('form', HTMLFormElement);
const frame = get('chat', HTMLIFrameElement);

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {...(Node | string)} children
 */
function make(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

/** Puts the theme on the page in the frame, as the server would have. */
function wear() {
  const inner = frame.contentDocument;
  const root = inner?.documentElement;
  if (!inner || !root) return;
  for (const [name, value] of styleOf(theme)) root.style.setProperty(name, value);
  root.style.colorScheme = light || (theme.mode === 'auto' ? '' : theme.mode);
  root.dataset.header = theme.header;
  root.dataset.corners = theme.corners;
  if (!theme.title) return;
  for (const title of inner.querySelectorAll('#title, .intro strong')) {
    title.textContent = theme.title;
  }
}

function show() {
  wear();
  get('yaml', HTMLPreElement).textContent = yamlOf(theme);
  const found = hardToRead(theme).map(({ink, ground, isDark, contrast}) =>
    make(
      'li',
      'bad',
      `${ink} on ${ground} in the ${isDark ? 'dark' : 'light'}: ${contrast.toFixed(1)} : 1, and ` +
        '4.5 are needed',
    ),
  );
  const fine = make('li', '', 'Everything can be read.');
  get('contrast', HTMLUListElement).replaceChildren(...(found.length > 0 ? found : [fine]));
  // Colours that nobody chose show what follows from the others.
  for (const input of form.querySelectorAll('input[type="color"]')) {
    const {name = '', light: isLight = ''} = /** @type {HTMLElement} */ (input).dataset;
    /** @type {HTMLInputElement} */ (input).value = colourOf(theme, name, !isLight);
  }
}

/**
 * @param {string} label
 * @param {'title' | 'subtitle'} key
 */
function text(label, key) {
  const input = make('input', '');
  input.addEventListener('input', () => {
    theme[key] = input.value.trim();
    show();
  });
  return make('label', '', label, input);
}

/**
 * @param {string} label
 * @param {'header' | 'corners' | 'mode'} key
 * @param {string[]} words
 */
function choice(label, key, words) {
  const select = make('select', '', ...words.map((word) => new Option(word)));
  select.addEventListener('change', () => {
    theme[key] = select.value;
    show();
  });
  return make('label', '', label, select);
}

/**
 * @param {string} name
 * @param {string} help
 * @param {boolean} isLight
 */
function colour(name, help, isLight) {
  const input = make('input', '');
  input.type = 'color';
  input.dataset.name = name;
  if (isLight) input.dataset.light = '1';
  input.setAttribute('aria-label', `${name}, ${isLight ? 'light' : 'dark'}`);
  input.title = help;
  input.addEventListener('input', () => {
    (isLight ? theme.colours : theme.dark)[name] = input.value;
    show();
  });
  return input;
}

form.append(
  text('Title', 'title'),
  text('Subtitle', 'subtitle'),
  choice('Header', 'header', ['plain', 'accent']),
  choice('Corners', 'corners', ['round', 'soft', 'square']),
  choice('Mode', 'mode', ['auto', 'light', 'dark']),
  ...kColours.map(({name, help}) =>
    make(
      'div',
      'colour',
      make('span', '', name, make('small', '', help)),
      colour(name, help, true),
      colour(name, help, false),
    ),
  ),
);
form.addEventListener('submit', (event) => event.preventDefault());

for (const width of kWidths) {
  const button = make('button', '', `${width} px`);
  button.type = 'button';
  button.addEventListener('click', () => (frame.style.inlineSize = `${width}px`));
  get('views', HTMLElement).append(button);
}
for (const word of ['light', 'dark']) {
  const button = make('button', '', word);
  button.type = 'button';
  button.addEventListener('click', () => {
    light = word;
    wear();
  });
  get('views', HTMLElement).append(button);
}
get('copy', HTMLButtonElement).addEventListener('click', async () => {
  await navigator.clipboard.writeText(yamlOf(theme));
  get('copy', HTMLButtonElement).textContent = 'Copied';
});

const appId = location.pathname.split('/').filter(Boolean).pop() ?? '';
frame.addEventListener('load', show);
frame.src = new URL(`../chat/${appId}`, location.href).href;
show();
