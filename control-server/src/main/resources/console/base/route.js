import { store } from './store.js';

/**
 * Where the user is: everything a permanent link has to hold is in the fragment, so that it reaches no server log.
 * @typedef {{page: string, parts: string[], query: Record<string, string>}} Place
 */

/** @returns {Place} */
function read() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...parts] = path.split('/').map(decoded);
  return { page, parts, query: Object.fromEntries(new URLSearchParams(query)) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @type {import('./store.js').Store<Place>} */
export const place = store(read());

/** Asks before the user leaves a page with changes; null if there are none. @type {{ask: (() => boolean) | null}} */
export const leaving = { ask: null };

let shown = location.hash;

addEventListener('hashchange', () => {
  if (location.hash === shown) return;
  if (leaving.ask && !leaving.ask()) {
    history.replaceState(null, '', shown || '#/');
    return;
  }
  leaving.ask = null;
  shown = location.hash;
  place.set(read());
});

/**
 * A link to a place.
 * @param {string[]} parts page first
 * @param {Record<string, string | undefined>} [query] empty values are left out
 */
export function href(parts, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value);
  const text = new URLSearchParams(kept).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/** Goes to a place. @param {string[]} parts @param {Record<string, string | undefined>} [query] */
export function go(parts, query) {
  location.hash = href(parts, query);
}

/** Changes the query of this place without a step in the history. @param {Record<string, string | undefined>} changes */
export function refine(changes) {
  const { page, parts, query } = place.get();
  history.replaceState(null, '', href([page, ...parts], { ...query, ...changes }));
  shown = location.hash;
  place.set(read());
}
