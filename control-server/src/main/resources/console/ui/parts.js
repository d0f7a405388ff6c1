import { Fragment, html, useEffect, useRef, useState } from '../lib/preact.js';
import { ago, clock } from '../base/format.js';
import { Icon } from './icons.js';

/** How well something is. @typedef {'ok' | 'warn' | 'bad' | 'none'} Tone */

const ICONS = { ok: 'ok', warn: 'warn', bad: 'bad', none: 'none' };

/** A state in a word, told by colour and by shape. @param {{tone: Tone, children: any, title?: string}} props */
export function Badge({ tone, children, title }) {
  return html`<span class="badge ${tone}" title=${title}><${Icon} name=${ICONS[tone]} size=${13} />${children}</span>`;
}

/** A small label, such as a version. @param {{children: any, title?: string}} props */
export const Chip = ({ children, title }) => html`<span class="chip" title=${title}>${children}</span>`;

/** A time as an age that goes on; the exact time is its title. @param {{time?: string}} props */
export function Age({ time }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 5_000);
    return () => clearInterval(timer);
  }, []);
  return time ? html`<time datetime=${time} title=${clock(time)}>${ago(time)}</time>` : html`<span class="faint dash">–</span>`;
}

/** Text that is cut off where there is no room; whole in its title. @param {{text: string, mono?: boolean}} props */
export const Cut = ({ text, mono }) => html`<span class=${mono ? 'cut mono' : 'cut'} title=${text}>${text}</span>`;

/** What to show where there is nothing. @param {{title: string, children?: any}} props */
export const Empty = ({ title, children }) => html`<div class="empty"><p class="empty-title">${title}</p>${children && html`<p>${children}</p>`}</div>`;

/** That an answer is not there yet. */
export const Loading = () => html`<div class="loading" role="status"><span class="spinner" aria-hidden="true"></span>Loading …</div>`;

/** What went wrong, and what to do. @param {{error: {status: number, message: string}}} props */
export function Problem({ error }) {
  const advice = error.status === 403 ? 'Ask whoever runs the mesh for the role, or choose a namespace that you may look at.' : '';
  return html`<div class="note bad" role="alert">
    <${Icon} name="warn" />
    <div><strong>${error.status === 403 ? 'You may not look at this.' : 'That did not work.'}</strong> ${error.message}${advice && html`<br />${advice}`}</div>
  </div>`;
}

/** A remark. @param {{tone: Tone, children: any}} props */
export const Note = ({ tone, children }) => html`<div class="note ${tone}"><${Icon} name=${tone === 'ok' ? 'ok' : 'warn'} /><div>${children}</div></div>`;

/**
 * The parts of a page that wait for an answer: a failure does not take away what was seen before.
 * @param {{live: {data: any, error: any}, children: (data: any) => any}} props
 */
export function Await({ live, children }) {
  if (live.data === null) {
    return live.error ? html`<${Problem} error=${live.error} />` : html`<${Loading} />`;
  }
  return html`<${Fragment}>${live.error && live.error.status !== 0 && html`<${Problem} error=${live.error} />`}${children(live.data)}<//>`;
}

/** The head of a page. @param {{title: any, sub?: any, children?: any}} props */
export const Head = ({ title, sub, children }) => html`<header class="head">
  <div class="head-text"><h1 tabindex="-1">${title}</h1>${sub && html`<p class="sub">${sub}</p>`}</div>
  <div class="head-tools">${children}</div>
</header>`;

/** A box with a title. @param {{title?: any, tools?: any, children: any, flush?: boolean}} props */
export const Box = ({ title, tools, children, flush }) => html`<section class="box">
  ${title && html`<header class="box-head"><h2>${title}</h2><div class="box-tools">${tools}</div></header>`}
  <div class=${flush ? 'box-body flush' : 'box-body'}>${children}</div>
</section>`;

/** Figures side by side. @param {{items: {label: string, value: any, tone?: Tone, sub?: any}[]}} props */
export const Figures = ({ items }) => html`<dl class="figures">
  ${items.map(({ label, value, tone, sub }) => html`<div class="figure ${tone ?? ''}"><dt>${label}</dt><dd>${value}${sub && html`<small>${sub}</small>`}</dd></div>`)}
</dl>`;

/**
 * A dialogue above the page. Escape closes it, and the keyboard stays within.
 * @param {{title: string, onClose: () => void, children: any, wide?: boolean}} props
 */
export function Dialog({ title, onClose, children, wide }) {
  const dialog = useRef(null);
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  return html`<dialog ref=${dialog} class=${wide ? 'wide' : ''} aria-label=${title} onCancel=${(event) => { event.preventDefault(); onClose(); }}>
    <header class="dialog-head"><h2>${title}</h2>
      <button type="button" class="plain" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
    </header>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}

/** A box to search in what is shown; the key / leads to it. @param {{value: string, onInput: (text: string) => void, label: string}} props */
export const Search = ({ value, onInput, label }) => html`<label class="search">
  <${Icon} name="search" size=${16} />
  <span class="hidden">${label}</span>
  <input type="search" data-find placeholder=${label} value=${value} onInput=${(event) => onInput(event.target.value)} />
</label>`;

/** Tabs; the arrow keys move between them. @param {{tabs: {id: string, title: any}[], chosen: string, onChoose: (id: string) => void, label: string}} props */
export function Tabs({ tabs, chosen, onChoose, label }) {
  function key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    onChoose(next.id);
    event.currentTarget.querySelector(`[data-tab="${next.id}"]`)?.focus();
  }
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${key}>
    ${tabs.map(({ id, title }) => html`<button type="button" role="tab" data-tab=${id} aria-selected=${id === chosen}
      tabindex=${id === chosen ? 0 : -1} onClick=${() => onChoose(id)}>${title}</button>`)}
  </div>`;
}
