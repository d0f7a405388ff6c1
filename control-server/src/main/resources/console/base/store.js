import { useEffect, useState } from '../lib/preact.js';

/**
 * A value that parts of the page follow.
 * @template T
 * @typedef {{get: () => T, set: (value: T) => void, follow: (listener: () => void) => () => void}} Store
 */

/**
 * Makes a store.
 * @template T
 * @param {T} value
 * @returns {Store<T>}
 */
export function store(value) {
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      if (!Object.is(next, value)) {
        value = next;
        [...listeners].forEach((listener) => listener());
      }
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The value of a store; the component is drawn again when it changes.
 * @template T
 * @param {Store<T>} source
 * @returns {T}
 */
export function useStore(source) {
  const [, redraw] = useState(0);
  const drawn = source.get();
  useEffect(() => {
    const again = () => redraw((count) => count + 1);
    // Effects run after the picture is on the screen; what changed before that told nobody here.
    if (!Object.is(source.get(), drawn)) again();
    return source.follow(again);
  }, [source]);
  return drawn;
}
