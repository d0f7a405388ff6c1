import { html } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { number } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { useStore } from '../base/store.js';
import { Age, Await, Badge, Box, Cut, Empty, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';

/** What of the last hour went without mutual TLS, and what would happen to it if that were required. */
export function Plaintext() {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/check/mtls', { namespace }), 10_000);
  return html`<${Await} live=${live}>${(report) => html`
    <${Note} tone=${report.clean ? 'ok' : 'warn'}><strong>${report.clean ? 'All traffic seen is mutual TLS.' : 'Not all traffic is mutual TLS.'}</strong> ${capital(report.next)}.
      <span class="faint"> Watched for <${Age} time=${report.since} />.</span><//>
    <${Box} flush title="Callers without mutual TLS"><${Table} label="Callers without mutual TLS" rows=${report.plaintextCallers} id=${(row) => `${name(row.workload)}:${row.port} ${row.source}`} first=${0} columns=${CALLERS}
      empty=${html`<${Empty} title="Every caller has proved who it is." />`} /><//>
    <${Box} flush title="Calls that leave without mutual TLS"><${Table} label="Calls that leave without mutual TLS" rows=${report.plaintextCalls} id=${(row) => `${name(row.workload)} ${row.host}:${row.port}`} first=${0} columns=${CALLS}
      empty=${html`<${Empty} title="No process of the mesh has called a service over plaintext." />`} /><//>
    <${Box} flush title="Ports, and what STRICT would do"><${Table} label="Ports" rows=${report.ports} id=${(row) => `${name(row.workload)}:${row.port}`} first=${0} columns=${PORTS}
      empty=${html`<${Empty} title="No process serves a port yet." />`} /><//>
    ${report.dryRuns.length > 0 && html`<${Box} flush title="What policies on trial would have refused"><${Table} label="Dry runs" rows=${report.dryRuns} id=${(row) => `${name(row.workload)} ${row.policy} ${row.source}`} columns=${DRY_RUNS} empty="" /><//>`}`}<//>`;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const name = (workload) => `${workload.namespace}/${workload.name}`;
const VERDICTS = { STRICT: ['ok', 'in force'], SAFE: ['ok', 'safe'], BREAKS: ['bad', 'would refuse some'], UNKNOWN: ['none', 'not known'] };

const WORKLOAD = { title: 'Workload', sort: (row) => name(row.workload), show: (row) => html`<${Cut} text=${name(row.workload)} />` };
const SEEN = { title: 'Last seen', sort: (row) => row.lastSeen, show: (row) => html`<${Age} time=${row.lastSeen} />` };
const REQUESTS = { title: 'Requests', align: 'right', sort: (row) => row.requests, show: (row) => number(row.requests) };

const CALLERS = [
  WORKLOAD,
  { title: 'Port', align: 'right', sort: (row) => row.port, show: (row) => row.port },
  { title: 'Caller', sort: (row) => row.source, show: (row) => html`<span class="stack"><span class="mono">${row.source}</span>${row.sourceWorkloads.length > 0 && html`<small>known as ${row.sourceWorkloads.join(', ')}</small>`}</span>` },
  { title: 'How', show: (row) => html`<${Badge} tone="warn">${row.tls ? 'TLS without identity' : 'plaintext'}<//>` },
  REQUESTS,
  { title: 'Refused', align: 'right', sort: (row) => row.refused, show: (row) => number(row.refused) },
  SEEN,
];
const CALLS = [
  { ...WORKLOAD, title: 'Caller' },
  { title: 'Host', sort: (row) => row.host, show: (row) => html`<${Cut} text=${`${row.host}:${row.port}`} />` },
  { title: 'Plaintext', align: 'right', sort: (row) => row.plaintext, show: (row) => `${number(row.plaintext)} of ${number(row.requests)}` },
  { title: 'Why', show: (row) => row.reason },
  SEEN,
];
const PORTS = [
  WORKLOAD,
  { title: 'Port', align: 'right', sort: (row) => row.port, show: (row) => row.port },
  { title: 'Accepts', sort: (row) => row.mode, show: (row) => html`<${Badge} tone=${row.mode === 'STRICT' ? 'ok' : row.mode === 'DISABLE' ? 'bad' : 'warn'}>${row.mode === 'STRICT' ? 'mutual TLS only' : row.mode === 'DISABLE' ? 'plaintext only' : 'both'}<//>` },
  { title: 'STRICT', sort: (row) => row.strict, show: (row) => html`<${Badge} tone=${VERDICTS[row.strict][0]}>${VERDICTS[row.strict][1]}<//>` },
  { title: 'Because', show: (row) => row.reason },
];
const DRY_RUNS = [
  WORKLOAD,
  { title: 'Policy', show: (row) => html`<${Cut} mono text=${row.policy} />` },
  { title: 'Caller', show: (row) => html`<span class="mono">${row.source}</span>` },
  REQUESTS,
  SEEN,
];
