import { html, render, useEffect } from './lib/preact.js';
import { Frame } from './frame.js';
import { Login } from './pages/login.js';
import { Loading } from './ui/parts.js';
import { askWhoIsThere, session } from './base/session.js';
import { useStore } from './base/store.js';
import './base/preferences.js';

function App() {
  const { state } = useStore(session);
  useEffect(() => {
    askWhoIsThere();
  }, []);
  useEffect(() => {
    if (state !== 'lost') return undefined;
    const timer = setTimeout(askWhoIsThere, 3_000);
    return () => clearTimeout(timer);
  });
  switch (state) {
    case 'asking':
      return html`<${Loading} />`;
    case 'lost':
      return html`<main class="alone"><h1>The control server cannot be reached</h1>
        <p>The services of the mesh go on with what they know. This page tries again every three seconds.</p></main>`;
    case 'out':
      return html`<${Login} />`;
    default:
      return html`<${Frame} />`;
  }
}

const root = document.getElementById('app');
root.replaceChildren();
render(html`<${App} />`, root);
