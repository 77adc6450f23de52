// A theme as the preview has it: what is said of colours (as src/flow/settings/theme.cpp has
// it), what the page's style sheet makes of it, and how solution.yaml says it. Pure.

/**
 * @typedef {Record<string, string>} Colours by name: "#1d6a66"
 * @typedef {{
 *   title: string, subtitle: string, header: string, corners: string, mode: string,
 *   colours: Colours, dark: Colours,
 * }} Theme
 */

/** @type {{name: string, help: string, light: string, dark: string}[]} */
export const kColours = [
  {name: 'accent', help: 'Your words, links, buttons', light: '#1d6a66', dark: '#6cc3b7'},
  {name: 'on_accent', help: 'On the accent', light: '#fdfffd', dark: '#0c2422'},
  {name: 'page', help: 'Behind everything', light: '#f4ede3', dark: '#181613'},
  {name: 'card', help: 'Behind the conversation', light: '#fffdf9', dark: '#211e1b'},
  {name: 'text', help: 'What is written', light: '#2b2622', dark: '#f2ece4'},
  {name: 'quiet', help: 'What is said by the way', light: '#6c6259', dark: '#b0a69b'},
  {name: 'line', help: 'Between things', light: '#eae0d3', dark: '#37322c'},
  {name: 'bot', help: 'Behind what the bot says', light: '#f1e8db', dark: '#322d28'},
];
export const kContrastMin = 4.5;
/** What has to be read on what. */
const kPairs = [
  ['text', 'card'],
  ['text', 'bot'],
  ['quiet', 'card'],
  ['quiet', 'bot'],
  ['on_accent', 'accent'],
  ['accent', 'card'],
];

/** @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * From 1 to 21 (WCAG 2.2, 1.4.3).
 * @param {string} one
 * @param {string} other
 */
export function contrastOf(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/**
 * That colour, or the nearest one towards white or black that can be read on the ground.
 * @param {string} ground
 * @param {string} colour
 */
export function readableOn(ground, colour) {
  const towards = contrastOf(ground, '#ffffff') > contrastOf(ground, '#000000') ? 255 : 0;
  for (let step = 0; step <= 100; ++step) {
    const mixed = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16);
      return (part + Math.trunc(((towards - part) * step) / 100)).toString(16).padStart(2, '0');
    });
    const found = `#${mixed.join('')}`;
    if (contrastOf(found, ground) >= kContrastMin) return found;
  }
  return towards === 255 ? '#ffffff' : '#000000';
}

/**
 * What stands under that name: the theme's, what follows from its accent, or the page's own.
 * @param {Theme} theme
 * @param {string} name
 * @param {boolean} isDark
 * @returns {string}
 */
export function colourOf(theme, name, isDark) {
  const said = (isDark ? theme.dark : theme.colours)[name];
  if (said) return said;
  if (name === 'accent' && isDark && theme.colours.accent) {
    return readableOn(colourOf(theme, 'card', true), theme.colours.accent);
  }
  if (name === 'on_accent' && (theme.colours.accent || theme.dark.accent)) {
    const accent = colourOf(theme, 'accent', isDark);
    return contrastOf('#ffffff', accent) >= contrastOf('#111111', accent) ? '#ffffff' : '#111111';
  }
  const own = kColours.find((one) => one.name === name);
  return own ? (isDark ? own.dark : own.light) : '';
}

/**
 * What cannot be read well: which on which, in which light, and how well it is.
 * @param {Theme} theme
 */
export function hardToRead(theme) {
  return [false, true].flatMap((isDark) =>
    kPairs
      .map(([ink, ground]) => ({
        ink,
        ground,
        isDark,
        contrast: contrastOf(colourOf(theme, ink, isDark), colourOf(theme, ground, isDark)),
      }))
      .filter(({contrast}) => contrast < kContrastMin),
  );
}

/**
 * The values of the page's own names, for its root element.
 * @param {Theme} theme
 * @returns {[string, string][]}
 */
export function styleOf(theme) {
  return kColours.map(({name}) => [
    `--${name.replace('_', '-')}`,
    `light-dark(${colourOf(theme, name, false)}, ${colourOf(theme, name, true)})`,
  ]);
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** @param {Colours} colours */
const mapOf = (colours) =>
  `{${Object.entries(colours)
    .map(([name, colour]) => `${name}: ${quoted(colour)}`)
    .join(', ')}}`;

/**
 * As solution.yaml has it; only what differs from the page's own.
 * @param {Theme} theme
 */
export function yamlOf({title, subtitle, header, corners, mode, colours, dark}) {
  const lines = ['theme:'];
  if (title) lines.push(`  title: ${quoted(title)}`);
  if (subtitle) lines.push(`  subtitle: ${quoted(subtitle)}`);
  if (header !== 'plain') lines.push(`  header: ${header}`);
  if (corners !== 'round') lines.push(`  corners: ${corners}`);
  if (mode !== 'auto') lines.push(`  mode: ${mode}`);
  if (Object.keys(colours).length > 0) lines.push(`  colours: ${mapOf(colours)}`);
  if (Object.keys(dark).length > 0) lines.push(`  dark: ${mapOf(dark)}`);
  return lines.length > 1 ? `${lines.join('\n')}\n` : "# The page's own theme\n";
}
