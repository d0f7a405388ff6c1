import { store } from './store.js';

const KEY = 'inmesh-preferences';

/**
 * What the user likes; nothing else is kept in the browser.
 * @typedef {{theme: 'system' | 'light' | 'dark', namespace: string}} Preferences
 */

/** @returns {Preferences} */
function read() {
  try {
    return { theme: 'system', namespace: '', ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return { theme: 'system', namespace: '' };
  }
}

/** @type {import('./store.js').Store<Preferences>} */
export const preferences = store(read());

function show() {
  const { theme } = preferences.get();
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}

/** @param {Partial<Preferences>} changes */
export function prefer(changes) {
  preferences.set({ ...preferences.get(), ...changes });
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.get()));
  } catch {
    // A browser that keeps nothing shows the defaults next time.
  }
  show();
}

show();
