// What each message says of the page that it comes from.

const kClickIds =
  /^(gclid|gbraid|wbraid|dclid|fbclid|msclkid|ttclid|twclid|li_fat_id|igshid|epik|rdt_cid|sccid)$/;

/**
 * A page of an application that names its pages behind a '#' is one of its own; an anchor is not.
 * @param {string} href
 */
export function addressOf(href) {
  return href.replace(/#(?![/!]).*/, '');
}

/**
 * @param {string} href
 * @param {string} referrer the page before
 * @param {string} entrance the page from which the visit came
 */
export function pageOf(href, referrer, entrance) {
  const {pathname: path, search} = new URL(href);
  const title = href === location.href ? document.title : undefined;
  return {url: href, path, search, title, referrer, initial_referrer: entrance};
}

/**
 * The campaign that an address tells of: utm_ parameters by Segment's names, and click ids.
 * @param {string} href
 * @returns {Record<string, string> | undefined}
 */
export function campaignOf(href) {
  /** @type {Record<string, string> | undefined} */
  let campaign;
  for (const [key, value] of new URL(href).searchParams) {
    const name = /^utm_(.+)/.exec(key)?.[1] ?? (kClickIds.test(key) && key);
    if (name && value) (campaign ??= {})[name === 'campaign' ? 'name' : name] = value;
  }
  return campaign;
}
