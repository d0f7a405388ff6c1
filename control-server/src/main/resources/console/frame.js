import { html, useEffect, useState } from './lib/preact.js';
import { lost, paused, retryNow, useLive } from './base/live.js';
import { prefer, preferences } from './base/preferences.js';
import { go, href, place } from './base/route.js';
import { logout, onlyNamespaces, session } from './base/session.js';
import { useStore } from './base/store.js';
import { duration } from './base/format.js';
import { Icon } from './ui/icons.js';
import { Late } from './ui/late.js';
import { Dialog, Empty } from './ui/parts.js';
import { PAGES } from './pages.js';

const THEMES = { system: ['auto', 'as the system'], light: ['sun', 'light'], dark: ['moon', 'dark'] };

/** What surrounds every page: where one can go, who one is, and whether what is shown is true. */
export function Frame() {
  const [help, setHelp] = useState(false);
  useKeys(() => setHelp(true));
  return html`<div class="frame">
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Sidebar} />
    <div class="stage">
      <${Topbar} onHelp=${() => setHelp(true)} />
      <${Lost} />
      <main id="main" tabindex="-1"><${Page} /></main>
    </div>
    ${help && html`<${Keys} onClose=${() => setHelp(false)} />`}
  </div>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function Sidebar() {
  const { page } = useStore(place);
  return html`<nav class="sidebar" aria-label="Pages">
    <a class="brand" href="#/" aria-label="Inmesh, to the first page"><img src=${new URL('./icon.svg', import.meta.url).href} alt="" width="26" height="26" /><span>Inmesh</span></a>
    <ul>${PAGES.filter(({ hidden }) => !hidden).map(({ id, title, icon }) => html`<li>
      <a href=${href([id])} aria-current=${id === (page || PAGES[0].id) ? 'page' : undefined} title=${title}><${Icon} name=${icon} /><span>${title}</span></a>
    </li>`)}</ul>
  </nav>`;
}

function Topbar({ onHelp }) {
  const { theme } = useStore(preferences);
  const stopped = useStore(paused);
  const who = useStore(session);
  const [icon, title] = THEMES[theme];
  const next = { system: 'light', light: 'dark', dark: 'system' }[theme];
  return html`<div class="topbar">
    <${Namespaces} />
    <span class="gap"></span>
    <button type="button" class="plain" aria-pressed=${stopped} title=${stopped ? 'Refresh again' : 'Stop refreshing'} onClick=${() => paused.set(!stopped)}>
      <${Icon} name=${stopped ? 'play' : 'pause'} /><span class="hidden">${stopped ? 'Refresh again' : 'Stop refreshing'}</span></button>
    <button type="button" class="plain" title=${`Colours: ${title}`} data-theme-switch onClick=${() => prefer({ theme: next })}>
      <${Icon} name=${icon} /><span class="hidden">Colours: ${title}</span></button>
    <button type="button" class="plain" title="Keys" onClick=${onHelp}><${Icon} name="keyboard" /><span class="hidden">Keys</span></button>
    <span class="who" title=${`proved by ${who.proof}`}>${who.name}</span>
    ${who.byCookie && html`<button type="button" class="plain" title="Log out" onClick=${logout}><${Icon} name="out" /><span class="hidden">Log out</span></button>`}
  </div>`;
}

/** Which namespace the pages show: those the user may look at, and for who may look at all those there are. */
function Namespaces() {
  const { namespace } = useStore(preferences);
  const only = onlyNamespaces();
  const { data } = useLive(only ? null : '/inmesh/v1/services', 30_000);
  const known = only ?? [...new Set((data?.services ?? []).map((service) => service.namespace))].sort();
  useEffect(() => {
    if (only && !only.includes(namespace)) prefer({ namespace: only[0] ?? '' });
  }, [namespace]);
  const names = namespace && !known.includes(namespace) ? [namespace, ...known] : known;
  return html`<label class="namespace"><span>Namespace</span>
    <select value=${namespace} onChange=${(event) => prefer({ namespace: event.target.value })}>
      ${!only && html`<option value="">all</option>`}
      ${names.map((name) => html`<option value=${name}>${name}</option>`)}
    </select></label>`;
}

function Lost() {
  const gone = useStore(lost);
  const stopped = useStore(paused);
  const [, tick] = useState(0);
  useEffect(() => {
    if (!gone) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [gone]);
  if (gone) {
    return html`<div class="banner bad" role="alert"><${Icon} name="warn" />
      <span>The control server has not answered for ${duration(Date.now() - gone.since)}; this is what it said last. Services go on with what they know.
        Next try in ${duration(Math.max(0, gone.next - Date.now()))}.</span>
      <button type="button" onClick=${retryNow}>Try now</button></div>`;
  }
  return stopped && html`<div class="banner"><${Icon} name="pause" /><span>Nothing is refreshed.</span><button type="button" onClick=${() => paused.set(false)}>Go on</button></div>`;
}

/** Every page is loaded when it is first opened. */
function Page() {
  const where = useStore(place);
  const found = PAGES.find(({ id }) => id === (where.page || PAGES[0].id));
  useEffect(() => {
    document.title = found ? `${found.title} · Inmesh` : 'Inmesh';
  }, [found]);
  return found
    ? html`<${Late} key=${found.id} load=${found.load} props=${{ place: where }} />`
    : html`<${Empty} title="There is no such page.">Choose one on the left.<//>`;
}

/** Keys that work everywhere but in fields: / to search, ? for help, g and a letter to go to a page. */
function useKeys(onHelp) {
  useEffect(() => {
    let going = false;
    function key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, dialog, .editor')) return;
      const page = going && PAGES.find(({ key: letter }) => letter === event.key);
      going = event.key === 'g';
      if (page) {
        go([page.id]);
      } else if (event.key === '/') {
        const field = document.querySelector('[data-find]');
        if (field) {
          event.preventDefault();
          field.focus();
        }
      } else if (event.key === '?') {
        onHelp();
      }
    }
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
}

const Keys = ({ onClose }) => html`<${Dialog} title="Keys" onClose=${onClose}>
  <dl class="keys">
    <div><dt><kbd>/</kbd></dt><dd>search in what is shown</dd></div>
    ${PAGES.filter(({ hidden }) => !hidden).map(({ key, title }) => html`<div><dt><kbd>g</kbd> <kbd>${key}</kbd></dt><dd>${title}</dd></div>`)}
    <div><dt><kbd>Ctrl</kbd> <kbd>Space</kbd></dt><dd>complete, in the editor</dd></div>
    <div><dt><kbd>Ctrl</kbd> <kbd>S</kbd></dt><dd>review and apply, in the editor</dd></div>
    <div><dt><kbd>Esc</kbd></dt><dd>close</dd></div>
    <div><dt><kbd>?</kbd></dt><dd>this list</dd></div>
  </dl>
<//>`;
