import { html, useMemo } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count, duration, latency, number, percent } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { refine } from '../base/route.js';
import { useStore } from '../base/store.js';
import { HEALTHS, drawn, meant, modelOf, without } from '../graph/model.js';
import { Panel } from '../graph/panel.js';
import { Picture } from '../graph/picture.js';
import { Await, Badge, Box, Chip, Empty, Head, Note, Search, Tabs } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const WINDOWS = [['30s', 'last 30 seconds'], ['1m', 'last minute'], ['5m', 'last 5 minutes'], ['15m', 'last 15 minutes'], ['1h', 'last hour']];

/** Links that a picture has at most. */
const MOST_DRAWN = 120;

/** Too short for a time series. */
const SHORT = ['30s', '1m'];

/** Who calls whom, and how that goes. All that is chosen is in the fragment, so that a copied address shows the same. @param {{place: import('../base/route.js').Place}} props */
export function GraphPage({ place }) {
  const { namespace } = useStore(preferences);
  const { window = '1m', find = '', hide = '', view = 'picture', sel = '' } = place.query;
  const live = useLive(withQuery('/inmesh/v1/graph', { window, namespace }));
  return html`<${Head} title="Service graph" sub="Who calls whom, as the processes report it themselves.">
      <${Search} label="Find, such as health:failing" value=${find} onInput=${(text) => refine({ find: text })} />
      <label class="hide">Hide<input type="text" aria-label="Hide what fits" placeholder="such as outside" value=${hide} onInput=${(event) => refine({ hide: event.target.value })} /></label>
      <label><span class="hidden">Time</span><select value=${window} onChange=${(event) => refine({ window: event.target.value })}>${WINDOWS.map(([id, title]) => html`<option value=${id}>${title}</option>`)}</select></label>
    <//>
    <${Await} live=${live}>${(data) => html`<${Shown} data=${data} window=${window} namespace=${namespace} find=${find} hide=${hide} view=${view} selected=${sel} />`}<//>`;
}

function Shown({ data, window, namespace, find, hide, view, selected }) {
  const model = useMemo(() => without(modelOf(data), hide), [data, hide]);
  const marked = find.trim() ? new Set(model.cards.filter((card) => meant(card, find)).map(({ id }) => id)) : null;
  const picture = useMemo(() => drawn(model, MOST_DRAWN, marked), [model, find]);
  const select = (id) => refine({ sel: id === selected ? '' : id });
  const failing = model.links.filter(({ health }) => health === 'failing').length;
  const degraded = model.links.filter(({ health }) => health === 'degraded').length;
  const open = selected && (model.links.some(({ id }) => id === selected) || model.cards.some(({ id, rows }) => id === selected || rows.some((row) => row.id === selected)));
  return html`<div class=${open ? 'graph with-panel' : 'graph'}>
    <section class="box graph-box">
      <header class="box-head">
        <${Tabs} label="How to show it" chosen=${view} onChoose=${(id) => refine({ view: id === 'picture' ? '' : id })} tabs=${[{ id: 'picture', title: 'Graph' }, { id: 'table', title: 'Table' }]} />
        <span class="row">${failing > 0 && html`<${Badge} tone="bad">${count(failing, 'link')} failing<//>`}${degraded > 0 && html`<${Badge} tone="warn">${count(degraded, 'link')} degraded<//>`}
          ${failing + degraded === 0 && model.links.length > 0 && html`<${Badge} tone="ok">all healthy<//>`}</span>
        <span class="faint box-tools">${count(model.cards.length, 'node')}, ${count(model.links.length, 'link')}${marked && ` · ${marked.size} found`}</span>
      </header>
      ${data.omittedEdges > 0 && html`<${Note} tone="warn">${count(data.omittedEdges, 'link')} more ${data.omittedEdges === 1 ? 'is' : 'are'} not shown; choose a namespace.<//>`}
      ${view !== 'table' && picture.links.length < model.links.length && html`<${Note} tone="none">The picture has the ${picture.links.length} links that matter most: what is looked for, then the least healthy, then the
        busiest. All ${model.links.length} are in the table; a namespace, and the fields above, narrow it down.<//>`}
      ${model.cards.length === 0
        ? html`<${Empty} title=${data.edges.length ? 'Everything is hidden.' : 'No calls in this time.'}>${data.edges.length
          ? 'Empty the field “Hide”.' : `The server has been listening for ${duration(Date.now() - Date.parse(data.since))}; processes report every ten seconds.`}<//>`
        : view === 'table'
          ? html`<${Links} links=${model.links} select=${select} />`
          : html`<${Picture} model=${picture} selected=${selected} marked=${marked} onSelect=${select} />`}
    </section>
    ${open && html`<${Panel} model=${model} selected=${selected} window=${SHORT.includes(window) ? '5m' : window} namespace=${namespace} onClose=${() => refine({ sel: '' })} onSelect=${(id) => refine({ sel: id })} />`}
  </div>`;
}

const name = (id) => id.replace(/^[\w-]+:/, '').replace(/\.svc\..*$/, '');

function Links({ links, select }) {
  return html`<${Table} label="Links of the graph" rows=${links} id=${(link) => link.id} first=${2} empty="No links." columns=${[
    { title: 'From', sort: (link) => name(link.from), show: (link) => html`<button type="button" class="link" onClick=${() => select(link.id)}>${name(link.from)}</button>` },
    { title: 'To', sort: (link) => name(link.to), show: (link) => name(link.to) },
    { title: 'Health', sort: (link) => ['failing', 'degraded', 'healthy', 'idle'].indexOf(link.health), show: (link) => html`<${Badge} tone=${HEALTHS[link.health].tone}>${HEALTHS[link.health].text}<//>` },
    { title: 'Protocol', sort: (link) => link.protocols.join(), show: (link) => link.protocols.map((protocol) => html`<${Chip}>${protocol}<//>`) },
    { title: 'Per second', align: 'right', sort: (link) => link.rps, show: (link) => number(link.rps) },
    { title: 'Errors', align: 'right', sort: (link) => link.errors, show: (link) => percent(link.errors) },
    { title: '95th', align: 'right', sort: (link) => link.p95 ?? -1, show: (link) => latency(link.p95) },
    { title: 'Retries', align: 'right', sort: (link) => link.retries ?? -1, show: (link) => percent(link.retries ?? NaN) },
    { title: 'Mutual TLS', align: 'right', sort: (link) => link.mtls ?? -1, show: (link) => percent(link.mtls ?? NaN) },
  ]} />`;
}
