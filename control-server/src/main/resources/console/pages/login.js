import { html, useState } from '../lib/preact.js';
import { login } from '../base/session.js';

/** Asks for user name and password. */
export function Login() {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

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
    <form class="login" onSubmit=${submit}>
      <label>User name<input name="username" autocomplete="username" required autofocus /></label>
      <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      <button type="submit" class="main" disabled=${busy}>${busy ? 'Logging in …' : 'Log in'}</button>
    </form>
    <p class="faint">Users are in the section <code>access</code> of the settings file, or made with <code>meshctl user</code>.</p>
  </main>`;
}
