import { html } from '../lib/preact.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { Age, Await, Badge, Box, Chip, Cut, Empty, Figures, Head, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { certificateLeft, changedOf, healthOf, identityOf, protocolsOf, stateOf, versionOf, versionsOf } from './service-facts.js';

/** One service and its instances. @param {{host: string}} props */
export function Service({ host }) {
  const live = useLive('/inmesh/v1/services');
  return html`<${Await} live=${live}>${(data) => {
    const service = data.services.find((candidate) => candidate.host === host);
    return service
      ? html`<${Details} service=${service} />`
      : html`<${Head} title=${host} /><${Box}><${Empty} title="There is no such service (any more).">
          <a href="#/services">All services</a><//><//>`;
  }}<//>`;
}

function Details({ service }) {
  const health = healthOf(service);
  const versions = versionsOf(service);
  const accounts = [...new Set(service.instances.map(identityOf))];
  const refused = service.instances.filter(({ process }) => process?.state === 'REJECTED');
  return html`
    <${Head} title=${service.name} sub=${html`<a href="#/services">Services</a> / <span class="mono">${service.host}</span>`} />
    <${Figures} items=${[
      { label: 'Instances that take calls', value: health.text, tone: health.tone },
      { label: 'Versions', value: versions.length || '–', sub: versions.join(', ') },
      { label: 'Ports', value: service.ports.length, sub: protocolsOf(service) },
      { label: 'Runs as', value: accounts.length === 1 ? html`<span class="figure-text">${accounts[0]}</span>` : count(accounts.length, 'account') },
    ]} />
    ${refused.map(({ process }) => html`<${Refusal} process=${process} />`)}
    <${Box} flush title="Instances">
      <${Table} label="Instances" rows=${service.instances} id=${(instance) => instance.id} columns=${COLUMNS} first=${0}
        empty=${html`<${Empty} title=${service.resolution.startsWith('DNS') ? 'Callers find its addresses by DNS.' : 'Nothing is behind this service.'}>
          ${!service.resolution.startsWith('DNS') && 'A process appears here when it joins the mesh with labels that the service selects.'}<//>`} />
    <//>`;
}

/** What a process did not take, and why. */
const Refusal = ({ process }) => html`<${Note} tone="bad"><strong>${process.name} has refused a change</strong> and goes on with the configuration before it.
  ${process.types.filter(({ rejection }) => rejection).map((type) => html`<br /><span class="mono">${type.type}: ${type.rejection}</span>`)}<//>`;

const COLUMNS = [
  {
    title: 'Instance',
    sort: (instance) => instance.process?.name ?? instance.name,
    show: (instance) => html`<span class="stack"><${Cut} text=${instance.process?.name ?? instance.name} />
      <small class="mono">${instance.address}</small></span>`,
  },
  { title: 'Version', sort: versionOf, show: (instance) => (versionOf(instance) ? html`<${Chip}>${versionOf(instance)}<//>` : html`<span class="faint">–</span>`) },
  { title: 'Zone', sort: (instance) => instance.locality, show: (instance) => instance.locality || html`<span class="faint">–</span>` },
  { title: 'Health', sort: (instance) => instance.health, show: (instance) => html`<${Badge} ...${HEALTH[instance.health]}>${HEALTH[instance.health].text}<//>` },
  {
    title: 'Configuration',
    sort: (instance) => (instance.process ? stateOf(instance.process).rank : 4),
    show: ({ process }) => {
      if (!process) return html`<${Badge} tone="none">not connected<//>`;
      const { tone, text, title } = stateOf(process);
      return html`<span class="row"><${Badge} tone=${tone} title=${title}>${text}<//><small>since <${Age} time=${changedOf(process)} /></small></span>`;
    },
  },
  {
    title: 'Certificate left',
    sort: ({ process }) => certificateLeft(process?.certificateExpiry).millis,
    show: ({ process }) => {
      const { tone, text } = certificateLeft(process?.certificateExpiry);
      return tone === 'ok' || tone === 'none' ? text : html`<${Badge} tone=${tone}>${text}<//>`;
    },
  },
  { title: 'Connected', sort: ({ process }) => process?.connectedSince ?? '', show: ({ process }) => html`<${Age} time=${process?.connectedSince} />` },
  { title: 'Software', sort: ({ process }) => process?.userAgent ?? '', show: ({ process }) => html`<${Cut} text=${process?.userAgent || '–'} />` },
];

const HEALTH = {
  HEALTHY: { tone: 'ok', text: 'healthy' },
  UNHEALTHY: { tone: 'bad', text: 'unhealthy', title: 'It asks for no calls.' },
  DRAINING: { tone: 'warn', text: 'draining', title: 'It is leaving and gets no new calls.' },
};
