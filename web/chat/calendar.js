// Days, without a page: which there are in a month as it hangs on a wall of that language's people,
// and which may be chosen. A day is its ISO text, "1990-12-31"; no time zone is involved.

const kDayMs = 86_400_000;

/** @param {string} day */
const timeOf = (day) => Date.parse(`${day}T00:00:00Z`);
/** @param {number} time */
const dayOf = (time) => new Date(time).toISOString().slice(0, 10);

/** The day it is where the person is. @param {Date} now */
export function todayOf(now) {
  return dayOf(now.getTime() - now.getTimezoneOffset() * 60_000);
}

/**
 * @param {string} day
 * @param {number} days
 */
export function later(day, days) {
  return dayOf(timeOf(day) + days * kDayMs);
}

/**
 * The same day of another month, or the last one that it has.
 * @param {string} day
 * @param {number} months
 */
export function monthsLater(day, months) {
  const [year, month, date] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return dayOf(Date.UTC(year, month - 1 + months, Math.min(date, last)));
}

/**
 * The first day of the week, 0 being Sunday.
 * @param {string} locale
 */
export function weekBegins(locale) {
  const wall = /** @type {any} */ (new Intl.Locale(locale));
  const first = (wall.getWeekInfo?.() ?? wall.weekInfo)?.firstDay;
  return first === undefined ? 1 : first % 7;
}

/**
 * Six weeks that hold the month of that day.
 * @param {string} day
 * @param {number} first of the week
 * @returns {string[][]}
 */
export function weeksOf(day, first) {
  const begin = `${day.slice(0, 8)}01`;
  const before = (new Date(timeOf(begin)).getUTCDay() - first + 7) % 7;
  return Array.from({length: 6}, (_, week) =>
    Array.from({length: 7}, (_, at) => later(begin, week * 7 + at - before)),
  );
}

/**
 * The days that answer a question, from the first to the last.
 * @param {import('./items.js').Expects | null} expects
 * @param {string} today
 */
export function boundsOf(expects, today) {
  const year = Number(today.slice(0, 4));
  let min = expects?.earliest ?? `${year - 120}-01-01`;
  let max = expects?.latest ?? `${year + 20}-12-31`;
  if (expects?.not_past && min < today) min = today;
  if (expects?.not_future && max > today) max = today;
  return {min, max};
}
