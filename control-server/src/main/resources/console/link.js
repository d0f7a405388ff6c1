import { call, get, sendBack } from './base/api.js';
import './base/preferences.js';

const USED = 'This link has been used, or is older than a minute. Ask for another one: meshctl dashboard';

/** What the link holds; at once it is in the address no more. */
const link = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

const part = (id) => document.getElementById(id);

/** Says how it is, and leaves the way to the console open. @param {string} text */
function say(text) {
  part('say').textContent = text;
  part('console').hidden = false;
}

/** Makes a session of the link. The console takes the place of this page in the history. */
async function logIn() {
  part('anew').hidden = true;
  try {
    await call('POST', '/inmesh/v1/login', { body: { link } });
    location.replace('/console/');
  } catch (error) {
    say(error.status === 401 ? USED : error.message);
  }
}

/** Who is logged in already is asked first: a link from somebody else must not make another one of somebody unawares. */
async function start() {
  if (!link) {
    say(USED);
    return;
  }
  try {
    const { name, csrf } = await get('/inmesh/v1/session');
    sendBack(csrf);
    say(`This browser is logged in as ${name}.`);
    part('anew').hidden = false;
    part('anew').addEventListener('click', logIn);
  } catch {
    await logIn();
  }
}

if (document.prerendering) {
  // A page that nobody looks at uses up nothing.
  document.addEventListener('prerenderingchange', start, { once: true });
} else {
  start();
}
