// One request of the sandbox's list, which opens: what was asked, what was answered, and what was
// wrong with it, in words.

const MOMENT_MS = 2000;

/**
 * Whether a request came in the moment of a line of a profile's history.
 * @param {string} time
 * @param {string} moment
 */
export function sameMoment(time, moment) {
  return moment !== '' && Math.abs(Date.parse(time) - Date.parse(moment)) <= MOMENT_MS;
}

/** @param {string} name @param {string} [text] @param {string} [className] */
function make(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/**
 * @param {any} request
 * @param {boolean} isOpen
 * @param {boolean} isMarked
 */
export function requestItem(request, isOpen, isMarked) {
  const details = document.createElement('details');
  details.id = `request-${request.number}`;
  details.open = isOpen || isMarked;
  const isBad = request.status >= 300;
  const summary = make('summary');
  const time = make('time', new Date(request.time).toLocaleTimeString());
  time.setAttribute('datetime', request.time);
  summary.append(time, make('span', `${request.method} ${request.path}`, 'what'),
    make('span', String(request.status), isBad ? 'bad' : 'good'),
    make('span', request.diagnostics[0]?.message ?? '', 'why'));
  const facts = make('dl');
  for (const [name, value] of [
    ['Time', new Date(request.time).toLocaleString()],
    ['Request', `${request.method} ${request.path}`], ['Status', request.status],
    ['Key', request.key || 'none that is known'], ['X-Request-Id', request.id],
  ]) facts.append(make('dt', String(name)), make('dd', String(value)));
  details.append(summary, facts, diagnosisOf(request.diagnostics),
    make('p', 'The sandbox keeps neither bodies nor headers: they are about people.', 'quiet'));
  const item = make('li', '', isMarked ? 'marked' : '');
  item.append(details);
  return item;
}

/** @param {{code: string, message: string}[]} diagnostics */
function diagnosisOf(diagnostics) {
  if (diagnostics.length === 0) return make('p', 'Nothing is wrong with it.');
  const list = make('ul', '', 'diagnosis');
  for (const { code, message } of diagnostics) {
    const line = make('li', `${message} `);
    line.append(make('code', code));
    list.append(line);
  }
  return list;
}
