import { html } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count, number } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { may } from '../base/session.js';
import { useStore } from '../base/store.js';
import { Age, Await, Badge, Box, Cut, Empty, Figures, Head, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { changedOf, stateOf } from './service-facts.js';
import { Sources } from './sources.js';

/** How the mesh itself is. */
export function MeshHealth() {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/status', { namespace }));
  const version = useLive('/version', 60_000);
  return html`<${Head} title="Mesh health" sub="Whether everybody runs what was written, and what of it is not in force." />
    <${Await} live=${live}>${(status) => html`<${Shown} status=${status} version=${version.data?.gitVersion} whole=${!namespace} />`}<//>`;
}

function Shown({ status, version, whole }) {
  const { processes } = status;
  const refused = processes.filter(({ state }) => state === 'REJECTED');
  const behind = processes.filter(({ state }) => state === 'STALE');
  const limits = processes.flatMap((process) => process.unenforced.map((limit) => ({ ...limit, process: process.name })));
  const skipped = [...status.unenforced.map((one) => ({ ...one, process: '' })), ...limits];
  return html`
    <${Figures} items=${[
      { label: 'Configuration', value: `revision ${status.revision}`, sub: version?.replace(/^v[\d.]+\+/, '') },
      { label: 'Connected processes', value: processes.length, sub: `${count(status.workloads.length, 'registered workload')}` },
      { label: 'In sync', value: `${processes.length - refused.length - behind.length} of ${processes.length}`, tone: refused.length ? 'bad' : behind.length ? 'warn' : 'ok' },
      { label: 'Without effect', value: skipped.length, tone: skipped.length ? 'warn' : undefined, sub: 'resources and fields' },
    ]} />
    ${status.openOnLoopback && html`<${Note} tone="none">Whoever is on the server's machine may do everything: no <code>access</code> settings are given. That is meant for trying things out.<//>`}
    ${status.folderProblems.map((problem) => html`<${Note} tone="bad">${problem}<//>`)}
    ${refused.length > 0 && html`<${Box} title="Refused changes">${refused.map((process) => html`<${Note} tone="bad"><strong>${process.namespace}/${process.name}</strong> goes on with the configuration before:
      ${process.types.filter(({ rejection }) => rejection).map((type) => html`<br /><span class="mono">${type.type}: ${type.rejection}</span>`)}<//>`)}<//>`}
    <${Box} flush title="Processes"><${Table} label="Processes" rows=${processes} id=${(process) => `${process.namespace}/${process.name}/${process.connectedSince}`} first=${0} columns=${PROCESSES}
      empty=${html`<${Empty} title="No process is connected.">See <code>meshctl bootstrap</code> and the samples for how one joins.<//>`} /><//>
    <${Box} flush title="Not in force"><${Table} label="Not in force" rows=${skipped} id=${(row) => `${row.process} ${row.resource} ${row.field ?? ''} ${row.reason}`} first=${0} columns=${SKIPPED}
      empty=${html`<${Empty} title="Everything that is configured is in force." />`} /><//>
    ${new Set((status.replicas ?? []).map(({ root }) => root)).size > 1 && html`<${Note} tone="bad">The control servers sign below different roots. That lasts no longer than a moment, unless one of them cannot take over what another has done to the authority: its log says why.<//>`}
    ${(status.silentServers ?? []).map(({ name, grpc, processes, reason }) => html`<${Note} tone="warn">Control server <strong>${name}</strong> at <span class="mono">${grpc}</span> has not answered (${reason}): its ${count(processes, 'process', 'processes')} are missing here.<//>`)}
    ${!whole && status.silentServerCount > 0 && html`<${Note} tone="warn">${count(status.silentServerCount, 'control server')} not heard: processes are missing here. Who may look at all namespaces sees there which.<//>`}
    ${(status.replicas ?? []).filter(({ unreachable }) => unreachable).map(({ name, grpc, unreachable }) => html`<${Note} tone="warn">Control server <strong>${name}</strong> at <span class="mono">${grpc}</span> cannot be reached by the one that has answered, and lacks what processes report there: ${unreachable}<//>`)}
    ${(status.replicas ?? []).length > 1 && html`<${Box} flush title="Control servers"><${Table} label="Control servers" rows=${status.replicas} id=${({ name, grpc }) => `${name} ${grpc}`} first=${0} columns=${REPLICAS} /><//>`}
    <${Sources} sources=${status.sources ?? []} />
    ${may('viewer') && whole && html`<${Server} />`}`;
}

/** The server's own figures, of which the interesting part is read out of its metrics. */
function Server() {
  const live = useLive('/inmesh/v1/meters', 15_000);
  return html`<${Box} flush title="Control server"><${Await} live=${live}>${({ meters }) => html`<${Table} label="Figures of the control server" rows=${meters} id=${(meter) => meter.name + JSON.stringify(meter.tags)} first=${0} columns=${METERS} empty="No figures." />`}<//><//>`;
}

const REPLICAS = [
  { title: 'Server', sort: ({ name }) => name, show: ({ name, leads, answers }) => html`<span class="row"><${Cut} text=${name} />${leads && html`<${Badge} tone="ok" title="does what only one may do, such as rollouts">leads<//>`}${answers && html`<small>has answered this</small>`}</span>` },
  { title: 'Address', sort: ({ grpc }) => grpc, show: ({ grpc }) => html`<span class="mono">${grpc}</span>` },
  { title: 'Processes', align: 'right', sort: ({ processes }) => processes, show: ({ processes }) => number(processes) },
  { title: 'Version', sort: ({ version }) => version, show: ({ version }) => version },
  { title: 'Runs for', sort: ({ since }) => since, show: ({ since }) => html`<${Age} time=${since} />` },
];

const PROCESSES = [
  { title: 'Process', sort: (process) => process.name, show: (process) => html`<${Cut} text=${process.name} />` },
  { title: 'Namespace', sort: (process) => process.namespace, show: (process) => process.namespace },
  {
    title: 'Configuration',
    sort: (process) => stateOf(process).rank,
    show: (process) => {
      const { tone, text, title } = stateOf(process);
      return html`<span class="row"><${Badge} tone=${tone} title=${title}>${text}<//><small>since <${Age} time=${changedOf(process)} /></small></span>`;
    },
  },
  { title: 'Subscribed to', show: (process) => html`<span title=${process.types.map(({ type }) => SHORT[type] ?? type).join(', ')}>${count(process.types.length, 'type')}</span>` },
  { title: 'Connected', sort: (process) => process.connectedSince, show: (process) => html`<${Age} time=${process.connectedSince} />` },
  { title: 'Software', sort: (process) => process.userAgent, show: (process) => html`<${Cut} text=${process.userAgent} />` },
];
const SHORT = { Cluster: 'clusters', ClusterLoadAssignment: 'endpoints', Listener: 'listeners', RouteConfiguration: 'routes', Secret: 'trust' };
const SKIPPED = [
  { title: 'Resource', sort: (row) => row.resource, show: (row) => html`<${Cut} text=${row.resource} />` },
  { title: 'Field', show: (row) => (row.field ? html`<code>${row.field}</code>` : html`<span class="faint">all of it</span>`) },
  { title: 'For', sort: (row) => row.process, show: (row) => row.process || 'everybody' },
  { title: 'Why', show: (row) => row.reason },
];
const METERS = [
  { title: 'What', sort: (meter) => meter.name, show: (meter) => html`<span class="stack"><span>${meter.description || meter.name}</span><small class="mono">${meter.name}</small></span>` },
  { title: 'Of', show: (meter) => Object.entries(meter.tags).map(([name, value]) => `${name} ${value}`).join(', ') },
  { title: 'Value', align: 'right', sort: (meter) => meter.value, show: (meter) => html`${number(meter.value)}${meter.unit && ` ${meter.unit}`}` },
];
