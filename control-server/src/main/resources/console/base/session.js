import { call, get, refused, sendBack } from './api.js';
import { forget } from './live.js';
import { store } from './store.js';

const RANKS = { viewer: 1, editor: 2, admin: 3 };

/**
 * Who uses the console.
 * @typedef {{state: 'asking' | 'out' | 'in' | 'lost', name?: string, proof?: string, byCookie?: boolean, roles?: Record<string, string>}} Session
 */

/** @type {import('./store.js').Store<Session>} */
export const session = store({ state: 'asking' });

/** Asks the server who is logged in. */
export async function askWhoIsThere() {
  try {
    const answer = await get('/inmesh/v1/session');
    sendBack(answer.csrf);
    session.set({ state: 'in', name: answer.name, proof: answer.proof, byCookie: answer.csrf !== null, roles: answer.roles });
  } catch (error) {
    session.set({ state: error.status === 401 ? 'out' : 'lost' });
  }
}

refused.follow(() => {
  if (session.get().state === 'in') {
    session.set({ state: 'out' });
    sendBack(null);
  }
});

/** Logs in with a password; the token is in a cookie that no script can read. @param {string} username @param {string} password */
export async function login(username, password) {
  await call('POST', '/inmesh/v1/login', { body: { username, password, cookie: true } });
  forget();
  await askWhoIsThere();
}

/** Ends the session here and on the server. */
export async function logout() {
  await call('POST', '/inmesh/v1/logout', { body: {} });
  sendBack(null);
  forget();
  session.set({ state: 'asking' });
  await askWhoIsThere();
}

/**
 * Whether the user may do something. Only what may be done is offered; the server decides anyway.
 * @param {'viewer' | 'editor' | 'admin'} role
 * @param {string} [namespace] empty for what is in none, or in all of them
 */
export function may(role, namespace = '') {
  const roles = session.get().roles ?? {};
  const held = Math.max(RANKS[roles['*']] ?? 0, namespace ? (RANKS[roles[namespace]] ?? 0) : 0);
  return held >= RANKS[role];
}

/** Whether the user may change anything anywhere. */
export const mayEditSomewhere = () => Object.values(session.get().roles ?? {}).some((role) => RANKS[role] >= RANKS.editor);

/** The namespaces of a user who may not look into all of them; null for all. @returns {string[] | null} */
export function onlyNamespaces() {
  const roles = session.get().roles ?? {};
  return '*' in roles ? null : Object.keys(roles).sort();
}
