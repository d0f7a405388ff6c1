import { useEffect, useRef, useState } from '../lib/preact.js';
import { ApiError, get } from './api.js';
import { store } from './store.js';

const PERIOD_MILLIS = 5_000;
const LONGEST_MILLIS = 60_000;

/** Since when the server cannot be reached, and when it is tried again; null while it answers. @type {import('./store.js').Store<{since: number, next: number} | null>} */
export const lost = store(null);

/** Whether nothing is refreshed, because the user wants to look in peace. */
export const paused = store(false);

/** The last answers, so that a page that is opened again shows something at once. @type {Map<string, {data: any, at: number}>} */
const last = new Map();

/** Forgets what was seen, such as when somebody else logs in. */
export function forget() {
  last.clear();
}

/**
 * What a path answers, asked again and again while the page is visible: every five seconds, ever more rarely while the server is lost.
 * @param {string | null} path null for nothing
 * @param {number} [period] milliseconds between questions
 * @returns {{data: any, at: number, error: ApiError | null, refresh: () => void}}
 */
export function useLive(path, period = PERIOD_MILLIS) {
  const [, redraw] = useState(0);
  const state = useRef({ path: null, data: null, at: 0, error: null, refresh: () => {} });
  if (state.current.path !== path) {
    const known = path === null ? undefined : last.get(path);
    state.current = { path, data: known?.data ?? null, at: known?.at ?? 0, error: null, refresh: state.current.refresh };
  }
  useEffect(() => {
    if (path === null) return undefined;
    const ended = new AbortController();
    let timer = 0;
    let failures = 0;
    let asking = false;

    async function ask() {
      clearTimeout(timer);
      if (asking || ended.signal.aborted) return;
      asking = true;
      let wait = period;
      try {
        const data = await get(path, ended.signal);
        failures = 0;
        last.set(path, { data, at: Date.now() });
        Object.assign(state.current, { data, at: Date.now(), error: null });
        lost.set(null);
      } catch (error) {
        if (ended.signal.aborted) return;
        failures += 1;
        wait = Math.min(LONGEST_MILLIS, period * 2 ** (failures - 1));
        Object.assign(state.current, { error: error instanceof ApiError ? error : new ApiError(0, String(error)) });
        if (error.status === 0) {
          lost.set({ since: lost.get()?.since ?? Date.now(), next: Date.now() + wait });
        }
      } finally {
        asking = false;
      }
      redraw((count) => count + 1);
      timer = setTimeout(tick, wait);
    }

    function tick() {
      if (document.hidden || paused.get()) {
        timer = setTimeout(tick, period);
      } else {
        ask();
      }
    }

    function shown() {
      if (!document.hidden) ask();
    }

    state.current.refresh = ask;
    document.addEventListener('visibilitychange', shown);
    addEventListener('inmesh-retry', ask);
    ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
      removeEventListener('inmesh-retry', ask);
    };
  }, [path, period]);
  return state.current;
}

/** Asks again at once for everything that is shown. */
export function retryNow() {
  dispatchEvent(new Event('inmesh-retry'));
}
