import { html, useEffect, useState } from '../lib/preact.js';
import { get } from '../base/api.js';
import { login } from '../base/session.js';

const REFUSED = 'The login was refused. The audit log of the control server says why.';

/** Asks for user name and password, or sends to where people log in to everything else. */
export function Login() {
  const [problem, setProblem] = useState(new URLSearchParams(location.search).has('login') ? REFUSED : '');
  const [busy, setBusy] = useState(false);
  const [issuers, setIssuers] = useState(/** @type {string[]} */ ([]));

  useEffect(() => {
    // Said once; who reloads the page has not been refused again.
    history.replaceState(null, '', location.pathname + location.hash);
    // Without an answer there is still the form.
    get('/inmesh/v1/login').then(({ oidc }) => setIssuers(oidc), () => {});
  }, []);

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    setBusy(true);
    setProblem('');
    try {
      await login(String(form.get('username')), String(form.get('password')));
    } catch (error) {
      setProblem(error.status === 401 ? 'User name or password is wrong.' : error.message);
      setBusy(false);
    }
  }

  return html`<main class="alone">
    <img src=${new URL('../icon.svg', import.meta.url).href} alt="" width="44" height="44" />
    <h1>Inmesh</h1>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${issuers.map((label, by) => html`<a class="button" href=${`/inmesh/v1/login/oidc?by=${by}`}>Log in with ${label}</a>`)}
    <form class="login" onSubmit=${submit}>
      <label>User name<input name="username" autocomplete="username" required autofocus=${issuers.length === 0} /></label>
      <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
      <button type="submit" class="main" disabled=${busy}>${busy ? 'Logging in …' : 'Log in'}</button>
    </form>
    <p class="faint">Users are in the section <code>access</code> of the settings file, or made with <code>meshctl user</code>.</p>
  </main>`;
}
