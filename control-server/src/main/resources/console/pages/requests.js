import { html, useEffect, useRef, useState } from '../lib/preact.js';
import { lines, withQuery } from '../base/api.js';
import { count, latency, timeOfDay } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { may } from '../base/session.js';
import { useStore } from '../base/store.js';
import { Badge, Box, Cut, Dialog, Empty, Head, Note, Problem } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const SHOWN = 300;
const METHODS = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const SECONDS = [30, 60, 120, 300];

/** Shows some of the requests of a service as they end, for a while; who watched is in the audit log. @param {{place: import('../base/route.js').Place}} props */
export function Requests({ place }) {
  const tap = useTap();
  return html`<${Head} title="Live requests" sub="Some of the requests of a service as they end, with what was decided about each. Bodies, queries and most headers are never shown." />
    <${Question} tap=${tap} query=${place.query} />
    <${Box} flush title="Requests" tools=${html`<${State} tap=${tap} />`}>
      <${Table} label="Requests" rows=${tap.rows} id=${(row) => row.key} columns=${columns(tap.explain)}
        empty=${html`<${Empty} title=${tap.running ? 'Waiting for a request …' : 'Nothing is watched.'}>${tap.running ? '' : 'Choose a service and press Watch.'}<//>`} />
    <//>
    ${tap.explained && html`<${Explanation} row=${tap.explained} onClose=${() => tap.explain(null)} />`}`;
}

/** What is watched, and what has been seen of it. */
function useTap() {
  const [rows, setRows] = useState([]);
  const [running, setRunning] = useState(false);
  const [about, setAbout] = useState(null);
  const [problem, setProblem] = useState(null);
  const [explained, explain] = useState(null);
  const open = useRef(null);

  function stop() {
    open.current?.abort();
    open.current = null;
  }

  async function start(question) {
    stop();
    const mine = new AbortController();
    open.current = mine;
    setRows([]);
    setProblem(null);
    setAbout({ refusals: [], skipped: 0, processes: [], silent: 0 });
    setRunning(true);
    let key = 0;
    try {
      for await (const line of lines('/inmesh/v1/live/tap', question, mine.signal)) {
        if (line.ticket) setAbout((known) => ({ ...known, silent: line.silentServerCount ?? 0, processes: line.processes, ends: Date.now() + line.seconds * 1000 }));
        else if (line.ended) setAbout((known) => ({ ...known, skipped: line.skipped }));
        else if (line.refusal) setAbout((known) => ({ ...known, refusals: [...known.refusals, line] }));
        else if (line.process) setRows((known) => [{ ...line, key: ++key }, ...known].slice(0, SHOWN));
      }
    } catch (error) {
      setProblem(error);
    } finally {
      if (open.current === mine || open.current === null) setRunning(false);
    }
  }

  useEffect(() => stop, []);
  return { rows, running, about, problem, explained, explain, start, stop };
}

function Question({ tap, query }) {
  const { namespace } = useStore(preferences);
  const where = query.namespace || namespace || 'default';
  const { data } = useLive(withQuery('/inmesh/v1/services', { namespace: where }), 30_000);
  const names = (data?.services ?? []).filter(({ instances }) => instances.length > 0).map(({ name }) => name);
  const allowed = may('editor', where);

  function submit(event) {
    event.preventDefault();
    if (tap.running) {
      tap.stop();
      return;
    }
    const form = new FormData(event.target);
    const text = (name) => String(form.get(name) ?? '').trim();
    tap.start({
      namespace: text('namespace'), target: text('target'), direction: text('direction'), to: text('to'), path: text('path'),
      method: text('method'), status: text('status'), seconds: Number(text('seconds')), maxPerSecond: 10,
    });
  }

  return html`<${Box} title="Watch">
    ${!allowed && html`<${Note} tone="none">Watching requests takes the role editor in ${where}.<//>`}
    ${tap.problem && html`<${Problem} error=${tap.problem} />`}
    <form class="form" onSubmit=${submit}>
      <div class="fields">
        <label>Service or process<input name="target" list="targets" required autocomplete="off" value=${query.target ?? ''} /></label>
        <label>Namespace<input name="namespace" required autocomplete="off" value=${where} /></label>
        <label>Direction<select name="direction"><option value="">both</option><option value="inbound">what it is asked</option><option value="outbound">what it asks</option></select></label>
        <label>To<input name="to" placeholder="any service" autocomplete="off" /></label>
        <label>Path begins with<input name="path" placeholder="/" autocomplete="off" /></label>
        <label>Method<select name="method">${METHODS.map((method) => html`<option value=${method}>${method || 'any'}</option>`)}</select></label>
        <label>Status<input name="status" placeholder="503, 5xx, grpc-14 or error" autocomplete="off" /></label>
        <label>For<select name="seconds">${SECONDS.map((seconds) => html`<option value=${seconds} selected=${seconds === 60}>${seconds} s</option>`)}</select></label>
      </div>
      <datalist id="targets">${names.map((name) => html`<option value=${name} />`)}</datalist>
      <div class="buttons"><button type="submit" class="main" data-watch disabled=${!allowed}>${tap.running ? 'Stop' : 'Watch'}</button></div>
    </form>
  <//>`;
}

/** How it goes, in a line that screen readers are told of. */
function State({ tap }) {
  const { about, running, rows } = tap;
  if (!about) return null;
  return html`<span class="row" role="status">
    ${running ? html`<${Badge} tone="ok">watching ${count(about.processes.length, 'process', 'processes')}<//>` : html`<${Badge} tone="none">ended<//>`}
    <small>${count(rows.length, 'request')}${about.skipped ? `, ${about.skipped} more were not shown` : ''}</small>
    ${about.silent > 0 && html`<${Badge} tone="warn" title="Their processes are not watched; Mesh health says which servers, of all namespaces.">${count(about.silent, 'control server')} not heard<//>`}
    ${about.refusals.map(({ process, refusal }) => html`<${Badge} tone="warn" title=${refusal}>${process} does not tell<//>`)}
  </span>`;
}

const failed = (row) => row.status >= 500 || (row.grpcStatus ?? 0) > 0 || (row.status === 0 && row.grpcStatus === undefined);
const answer = (row) => (row.grpcStatus === undefined ? row.status || row.result || 'no answer' : `grpc ${row.grpcStatus}`);

const columns = (explain) => [
  { title: 'Ended', show: (row) => html`<span class="mono when">${timeOfDay(row.time)}</span>` },
  { title: 'Process', show: (row) => html`<span class="stack"><${Cut} text=${row.process} /><small>${row.direction === 'inbound' ? 'was asked' : 'asked'}</small></span>` },
  { title: 'Request', show: (row) => html`<span class="stack"><span class="mono">${row.method} ${row.path}</span><small class="mono">${row.host}${row.port ? `:${row.port}` : ''}</small></span>` },
  { title: 'Answer', show: (row) => html`<${Badge} tone=${failed(row) ? 'bad' : row.status >= 400 ? 'warn' : 'ok'} title=${row.detail}>${answer(row)}<//>` },
  { title: 'Took', align: 'right', show: (row) => latency(row.milliseconds) },
  { title: 'Attempts', align: 'right', show: (row) => row.attempts || '–' },
  { title: 'Endpoint or peer', show: (row) => html`<span class="stack"><${Cut} mono text=${row.endpoint || '–'} />${row.peer && html`<small><${Cut} text=${row.peer} /></small>`}</span>` },
  { title: 'Decided by', show: (row) => html`<${Cut} text=${row.policy || row.route || row.source || '–'} />` },
  { title: '', show: (row) => html`<button type="button" class="plain" data-why onClick=${() => explain(row)}>Why?</button>` },
];

/** The whole decision about one request. */
function Explanation({ row, onClose }) {
  const facts = [
    ['Result', row.detail || row.result], ['Virtual host', row.virtualHost], ['Route', row.route], ['Rule', row.source], ['Cluster', row.cluster],
    ['Tried before', row.triedBefore.join(', ')], ['Policy', row.policy], ['Configuration', row.config], ...Object.entries(row.headers),
  ].filter(([, value]) => value);
  return html`<${Dialog} wide title=${`${row.method} ${row.path}`} onClose=${onClose}>
    <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd class="mono">${value}</dd>`)}</dl>
    ${row.explanation && html`<pre class="explanation">${row.explanation}</pre>`}
  <//>`;
}
