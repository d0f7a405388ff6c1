import { html, useState } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { latency, number, percent } from '../base/format.js';
import { useLive } from '../base/live.js';
import { href } from '../base/route.js';
import { Chart } from '../ui/chart.js';
import { Icon } from '../ui/icons.js';
import { Badge, Chip, Problem } from '../ui/parts.js';
import { HEALTHS } from './model.js';
import { ALL } from './picture.js';

const GRPC = ['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'];

/**
 * What is known of the selected part of the graph.
 * @param {{model: {cards: any[], links: any[]}, selected: string, window: string, namespace: string, onClose: () => void, onSelect: (id: string) => void}} props
 */
export function Panel({ model, selected, window, namespace, onClose, onSelect }) {
  const link = model.links.find(({ id }) => id === selected);
  const card = model.cards.find(({ id, rows }) => id === selected || rows.some((row) => row.id === selected));
  if (!link && !card) return null;
  const row = card?.rows.find(({ id }) => id === selected);
  return html`<aside class="box panel" aria-label="Details">
    <header class="box-head"><h2>${link ? html`${short(link.from)} <${Icon} name="right" size=${13} /> ${short(link.to)}` : html`${card.title}${row && row.id !== card.id ? ` ${row.label}` : ''}`}</h2>
      <button type="button" class="plain" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></header>
    <div class="box-body" key=${selected}>${link
      ? html`<${OfLink} link=${link} window=${window} namespace=${namespace} />`
      : html`<${OfNode} model=${model} card=${card} node=${row?.node ?? card.node} window=${window} namespace=${namespace} onSelect=${onSelect} />`}</div>
  </aside>`;
}

/** A node by its name and version. @param {string} id */
function short(id) {
  const name = id.replace(/^[\w-]+:/, '');
  return name.includes('/') ? name.split('/').slice(1).filter(Boolean).join(' ') : name.replace(/\.svc\..*$/, '');
}

function OfLink({ link, window, namespace }) {
  const [at, setAt] = useState(0);
  const edge = link.edges[Math.min(at, link.edges.length - 1)];
  const health = HEALTHS[link.health];
  return html`
    <div class="row"><${Badge} tone=${health.tone}>${health.text}<//>${link.protocols.map((protocol) => html`<${Chip}>${protocol}<//>`)}
      ${link.mtls !== null && html`<${Badge} tone=${link.mtls >= ALL ? 'ok' : 'warn'}>${link.mtls >= ALL ? 'mutual TLS' : link.mtls === 0 ? 'plaintext' : `${percent(link.mtls)} mutual TLS`}<//>`}</div>
    ${!edge.destination && html`<p class="faint">No workload of the mesh answered these.</p>`}
    ${link.edges.length > 1 && html`<label>Part <select value=${at} onChange=${(event) => setAt(Number(event.target.value))}>
      ${link.edges.map((one, index) => html`<option value=${index}>${one.protocols.join(', ')} ${one.port ? `port ${one.port}` : ''} ${short(one.service || '')}</option>`)}</select></label>`}
    <${Golden} figures=${edge} />
    <${Series} query=${{ edge: edge.id, window, namespace }} />
    <${Breakdown} results=${edge.effective} />`;
}

function OfNode({ model, card, node, window, namespace, onSelect }) {
  const health = HEALTHS[node.health.toLowerCase()];
  const own = (id) => id === node.id || (node.id === card.id && card.rows.some((row) => row.id === id));
  const incoming = model.links.filter(({ to }) => own(to));
  const outgoing = model.links.filter(({ from }) => own(from));
  return html`
    <div class="row"><${Badge} tone=${health.tone}>${health.text}<//>${node.namespace && html`<${Chip}>${node.namespace}<//>`}
      ${node.endpoints > 0 && html`<${Badge} tone=${node.meshed === node.endpoints ? 'ok' : 'warn'}>${node.meshed} of ${node.endpoints} meshed<//>`}</div>
    ${card.outside && html`<p class="faint">${card.title} is not part of the mesh.</p>`}
    ${node.identities?.length > 0 && html`<p class="faint">Runs as ${node.identities.join(', ')}</p>`}
    ${node.kind === 'SERVICE' && html`<p><a href=${href(['services', node.id.replace(/^service:/, '')])}>Instances of ${node.name}</a></p>`}
    ${node.effective && html`<${Golden} figures=${node} />`}
    <${Series} query=${{ node: node.id, window, namespace }} />
    <${Neighbours} title="Called by" links=${incoming} end="from" onSelect=${onSelect} />
    <${Neighbours} title="Calls" links=${outgoing} end="to" onSelect=${onSelect} />`;
}

const Neighbours = ({ title, links, end, onSelect }) => links.length > 0 && html`<section><h3>${title}</h3><ul class="neighbours">
  ${links.map((link) => html`<li><button type="button" class="link" onClick=${() => onSelect(link.id)}>${short(link[end])}</button>
    <span class="faint">${number(link.rps)}/s</span><${Badge} tone=${HEALTHS[link.health].tone}>${link.errors > 0 ? `${percent(link.errors)} errors` : HEALTHS[link.health].text}<//></li>`)}</ul></section>`;

/** Calls as applications saw them, beside what went over the network. */
const Golden = ({ figures: { effective, actual, retries } }) => html`<table class="golden" aria-label="Figures">
  <thead><tr><th scope="col"></th><th scope="col" class="right">calls</th><th scope="col" class="right">attempts</th></tr></thead>
  <tbody>
    <tr><th scope="row">per second</th><td class="right">${number(effective.rps)}</td><td class="right">${number(actual.rps)}</td></tr>
    <tr><th scope="row">success</th><td class="right">${share(effective.success)}</td><td class="right">${share(actual.success)}</td></tr>
    <tr><th scope="row">median</th><td class="right">${latency(effective.p50)}</td><td class="right">${latency(actual.p50)}</td></tr>
    <tr><th scope="row">95th percentile</th><td class="right">${latency(effective.p95)}</td><td class="right">${latency(actual.p95)}</td></tr>
    <tr><th scope="row">99th percentile</th><td class="right">${latency(effective.p99)}</td><td class="right">${latency(actual.p99)}</td></tr>
    <tr><th scope="row">retries</th><td></td><td class="right">${share(retries)}</td></tr>
  </tbody></table>`;

const share = (value) => (value === null || value === undefined ? '–' : percent(value));

function Series({ query }) {
  const live = useLive(withQuery('/inmesh/v1/graph/series', query), 10_000);
  if (!live.data) return live.error && html`<${Problem} error=${live.error} />`;
  const points = live.data.points.map((point) => ({ ...point, time: Date.parse(point.time) }));
  const perSecond = (pick) => (point) => (point.seconds > 0 ? pick(point.effective) / point.seconds : null);
  return html`<div class="charts">
    <${Chart} title="Calls per second" points=${points} show=${number} lines=${[
      { name: 'all', tone: 'one', value: perSecond((calls) => calls.requests) },
      { name: 'failed', tone: 'bad', value: perSecond((calls) => calls.failed + calls.rejected) },
    ]} />
    <${Chart} title="Duration" points=${points} show=${latency} lines=${[
      { name: 'median', tone: 'three', value: (point) => point.effective.p50 },
      { name: '95th', tone: 'one', value: (point) => point.effective.p95 },
      { name: '99th', tone: 'two', value: (point) => point.effective.p99 },
    ]} />
  </div>`;
}

/** What calls came to that did not go well. */
function Breakdown({ results }) {
  const rows = [
    ['HTTP 4xx', results.http4xx],
    ['HTTP 5xx', results.http5xx],
    ...Object.entries(results.grpc).map(([status, count]) => [`gRPC ${GRPC[Number(status)] ?? status}`, count]),
    ...Object.entries(results.transport).map(([how, count]) => [`connection: ${how.replaceAll('_', ' ')}`, count]),
    ...Object.entries(results.reasons).map(([why, count]) => [`refused by the caller's side: ${why.replaceAll('_', ' ')}`, count]),
    ['given up by the caller', results.cancelled],
  ].filter(([, count]) => count > 0);
  return rows.length > 0 && html`<section><h3>What went wrong</h3><dl class="facts">${rows.map(([what, count]) => html`<dt>${what}</dt><dd class="right">${number(count)}</dd>`)}</dl></section>`;
}
