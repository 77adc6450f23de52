// A day, from a calendar as the people of the chat's language know it. It is said as 1990-12-31,
// which every locale understands in one way. Where a day may be typed as well, the calendar opens
// on request.

import {boundsOf, later, monthsLater, todayOf, weekBegins, weeksOf} from '../calendar.js';
import {make, makeButton, makeIcon} from '../dom.js';

/** @typedef {import('./kinds.js').Tools} Tools */

/** @type {import('./kinds.js').Kind} */
export const kind = {
  render(item, tools) {
    const calendar = new Calendar(item, tools).element;
    if (!item.expects) return make('div', 'asset', calendar);
    calendar.hidden = true;
    const open = makeButton('choice', tools.words.chooseDay, () => {
      calendar.hidden = !calendar.hidden;
      open.setAttribute('aria-expanded', String(!calendar.hidden));
      if (!calendar.hidden) calendar.scrollIntoView({block: 'nearest'});
    });
    open.setAttribute('aria-expanded', 'false');
    return make('div', 'asset', make('div', 'choices', open), calendar);
  },
  update(element, _item, isLive) {
    const calendar = element.querySelector('.calendar');
    // The question may come before the answer to the one before it is acknowledged.
    const isOnRequest = element.children.length > 1;
    if (!isLive) calendar?.setAttribute('hidden', '');
    else if (!isOnRequest) calendar?.removeAttribute('hidden');
    if (!isLive) return;
    for (const day of element.querySelectorAll('[data-out]'))
      /** @type {HTMLButtonElement} */ (day).disabled = true;
  },
};

/** How far a key goes. @type {Record<string, (day: string, sign: number) => string>} */
const kKeys = {
  ArrowLeft: (day, sign) => later(day, -sign),
  ArrowRight: (day, sign) => later(day, sign),
  ArrowUp: (day) => later(day, -7),
  ArrowDown: (day) => later(day, 7),
  PageUp: (day) => monthsLater(day, -1),
  PageDown: (day) => monthsLater(day, 1),
};

class Calendar {
  #tools;
  #bounds;
  #today = todayOf(new Date());
  #day;
  #body = make('tbody', '');
  #year = make('select', '');
  #month = make('select', '');

  /**
   * @param {import('../items.js').Item} item
   * @param {Tools} tools
   */
  constructor(item, tools) {
    this.#tools = tools;
    this.#bounds = boundsOf(item.expects, this.#today);
    this.#day = this.#within(this.#today);
    const {words} = tools;
    this.#fillSelects();
    const head = make(
      'div',
      'months',
      this.#step(-1, words.previous, 'm14.5 6-6 6 6 6'),
      this.#month,
      this.#year,
      this.#step(1, words.next, 'm9.5 6 6 6-6 6'),
    );
    const table = make('table', '', make('thead', '', this.#weekdays()), this.#body);
    table.setAttribute('aria-label', item.prompt || words.chooseDay);
    table.addEventListener('keydown', (event) => this.#pressed(event));
    this.element = make('div', 'calendar', head, table);
    this.#show();
  }

  /** @param {string} day */
  #within(day) {
    const {min, max} = this.#bounds;
    return day < min ? min : day > max ? max : day;
  }

  /** @param {Intl.DateTimeFormatOptions} how */
  #format(how) {
    return new Intl.DateTimeFormat(this.#tools.locale, {
      ...how,
      calendar: 'gregory',
      timeZone: 'UTC',
    });
  }

  #fillSelects() {
    const {words} = this.#tools;
    const month = this.#format({month: 'long'});
    for (let at = 0; at < 12; ++at)
      this.#month.add(new Option(month.format(Date.UTC(2000, at, 1)), String(at + 1)));
    const [first, last] = [this.#bounds.min, this.#bounds.max].map((day) =>
      Number(day.slice(0, 4)),
    );
    const year = this.#format({year: 'numeric'});
    for (let at = first; at <= last; ++at)
      this.#year.add(new Option(year.format(Date.UTC(at, 5, 1)), String(at)));
    for (const [select, label] of /** @type {const} */ ([
      [this.#month, words.month],
      [this.#year, words.year],
    ])) {
      select.setAttribute('aria-label', label);
      select.addEventListener('change', () => {
        const [year0, month0] = this.#day.split('-').map(Number);
        const months = (Number(this.#year.value) - year0) * 12 + Number(this.#month.value) - month0;
        this.#go(monthsLater(this.#day, months));
      });
    }
  }

  /**
   * @param {number} months
   * @param {string} label
   * @param {string} path
   */
  #step(months, label, path) {
    const button = makeButton('arrow', '', () => this.#go(monthsLater(this.#day, months)));
    button.setAttribute('aria-label', label);
    button.append(makeIcon(path));
    return button;
  }

  #weekdays() {
    const [short, long] = [this.#format({weekday: 'narrow'}), this.#format({weekday: 'long'})];
    const [week] = weeksOf(this.#today, weekBegins(this.#tools.locale));
    return make(
      'tr',
      '',
      ...week.map((day) => {
        const cell = make('th', '', short.format(Date.parse(day)));
        cell.scope = 'col';
        cell.abbr = long.format(Date.parse(day));
        return cell;
      }),
    );
  }

  /** @param {string} day */
  #go(day) {
    this.#day = this.#within(day);
    this.#show();
  }

  #show() {
    const [date, full] = [this.#format({day: 'numeric'}), this.#format({dateStyle: 'full'})];
    const {min, max} = this.#bounds;
    this.#year.value = String(Number(this.#day.slice(0, 4)));
    this.#month.value = String(Number(this.#day.slice(5, 7)));
    const weeks = weeksOf(this.#day, weekBegins(this.#tools.locale));
    this.#body.replaceChildren(
      ...weeks.map((week) =>
        make(
          'tr',
          '',
          ...week.map((day) => {
            const button = makeButton('day', date.format(Date.parse(day)), () =>
              this.#tools.say(day),
            );
            button.dataset.day = day;
            button.tabIndex = day === this.#day ? 0 : -1;
            button.setAttribute('aria-label', full.format(Date.parse(day)));
            if (day === this.#today) button.setAttribute('aria-current', 'date');
            if (day.slice(0, 7) !== this.#day.slice(0, 7)) button.classList.add('other');
            if (day < min || day > max) button.dataset.out = '';
            button.disabled = button.dataset.out !== undefined;
            return make('td', '', button);
          }),
        ),
      ),
    );
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const move = kKeys[event.key];
    if (!move) return;
    event.preventDefault();
    this.#go(move(this.#day, getComputedStyle(this.element).direction === 'rtl' ? -1 : 1));
    /** @type {HTMLElement | null} */ (
      this.#body.querySelector(`[data-day="${this.#day}"]`)
    )?.focus();
  }
}
