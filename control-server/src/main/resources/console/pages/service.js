import { html } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { href } from '../base/route.js';
import { preferences } from '../base/preferences.js';
import { may, onlyNamespaces } from '../base/session.js';
import { useStore } from '../base/store.js';
import { Age, Await, Badge, Box, Chip, Cut, Empty, Figures, Head, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { sameHost } from '../config/subsets.js';
import { Findings, linkTo } from './configuration.js';
import { certificateLeft, changedOf, healthOf, identityOf, originOf, protocolsOf, stateOf, versionOf, versionsOf } from './service-facts.js';

/** One service and its instances. @param {{host: string}} props */
export function Service({ host }) {
  const { namespace } = useStore(preferences);
  // Who may look at all namespaces finds a service of any, whichever is chosen.
  const live = useLive(withQuery('/inmesh/v1/services', onlyNamespaces() ? { namespace } : {}));
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
  const items = useLive(withQuery('/inmesh/v1/resources', { namespace: service.namespace }), 15_000).data?.items ?? [];
  const about = items.filter((item) => item.hosts.some((host) => sameHost(host, service.host, item.namespace)) || item.name === service.name && item.kind === 'Service');
  const refused = service.instances.filter(({ process }) => process?.state === 'REJECTED');
  return html`
    <${Head} title=${service.name} sub=${html`<a href="#/services">Services</a> / <span class="mono">${service.host}</span>`}><${Actions} service=${service} items=${items} /><//>
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
    <//>
    <${Box} flush title="Configuration about it"><${Table} label="Configuration about this service" rows=${about} id=${(item) => `${item.kind}/${item.namespace}/${item.name}`} link=${linkTo} first=${1} columns=${RESOURCES}
      empty=${html`<${Empty} title="No rule is about this service.">Calls go to all of its instances.<//>`} /><//>`;
}

/** What is done to a service most: by the rule there is for it, else by a new one. @param {{service: any, items: any[]}} props */
function Actions({ service, items }) {
  if (!may('editor', service.namespace)) return null;
  const rule = items.find((item) => item.kind === 'VirtualService' && !item.file && !item.cluster && item.hosts.some((host) => sameHost(host, service.host, item.namespace)));
  const host = service.host.endsWith(`.${service.namespace}.svc.cluster.local`) ? service.name : service.host;
  const to = (tab) => (rule ? linkTo(rule, { tab }) : href(['config', 'new'], { kind: 'VirtualService', group: 'networking.istio.io', namespace: service.namespace, host, tab }));
  return html`<a class="button" href=${href(['requests'], { target: service.name, namespace: service.namespace })}>Watch requests</a><a class="button" href=${to('weights')}>Shift traffic</a><a class="button" href=${to('resilience')}>Timeouts</a><a class="button" href=${to('faults')}>Inject a fault</a>`;
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
  { title: 'Version', sort: versionOf, show: (instance) => (versionOf(instance) ? html`<${Chip}>${versionOf(instance)}<//>` : html`<span class="faint dash">–</span>`) },
  { title: 'Zone', sort: (instance) => instance.locality, show: (instance) => instance.locality || html`<span class="faint dash">–</span>` },
  { title: 'Health', sort: (instance) => instance.health, show: (instance) => html`<${Badge} ...${HEALTH[instance.health]}>${HEALTH[instance.health].text}<//>` },
  {
    title: 'Passed over by',
    sort: (instance) => -instance.unusableTo.length,
    show: ({ unusableTo }) => unusableTo.length === 0 ? html`<span class="faint dash">–</span>`
      : html`<span class="stack">${unusableTo.slice(0, 3).map(({ workload, why, cause }) => html`<${Badge} tone="warn" title=${why}>${workload}<//><small>${cause === 'ejected' ? why : `check: ${why}`}</small>`)}
        ${unusableTo.length > 3 && html`<small>and ${unusableTo.length - 3} more</small>`}</span>`,
  },
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
    sort: ({ process }) => certificateLeft(process).millis,
    show: ({ process }) => {
      const { tone, text, failure } = certificateLeft(process);
      return tone === 'ok' || tone === 'none' ? text : html`<${Badge} tone=${tone} title=${failure}>${failure ? `${text}, not renewed` : text}<//>`;
    },
  },
  {
    title: 'Known from',
    sort: (instance) => originOf(instance).text,
    show: (instance) => {
      const { text, since, tone, title } = originOf(instance);
      return html`<span class="stack">${tone ? html`<${Badge} tone=${tone} title=${title}>${text}<//>` : html`<span title=${title}>${text}</span>`}${since && html`<small>for <${Age} time=${since} /></small>`}</span>`;
    },
  },
  { title: 'Connected', sort: ({ process }) => process?.connectedSince ?? '', show: ({ process }) => html`<${Age} time=${process?.connectedSince} />` },
  { title: 'Software', sort: ({ process }) => process?.userAgent ?? '', show: ({ process }) => html`<${Cut} text=${process?.userAgent || '–'} />` },
];

const RESOURCES = [
  { title: 'Name', sort: (item) => item.name, show: (item) => html`<${Cut} text=${item.name} />` },
  { title: 'Kind', sort: (item) => item.kind, show: (item) => item.kind },
  { title: 'Findings', show: (item) => html`<${Findings} item=${item} />` },
  { title: 'Version', align: 'right', show: (item) => item.resourceVersion },
];

const HEALTH = {
  HEALTHY: { tone: 'ok', text: 'healthy' },
  UNHEALTHY: { tone: 'bad', text: 'unhealthy', title: 'It asks for no calls.' },
  DRAINING: { tone: 'warn', text: 'draining', title: 'It is leaving and gets no new calls.' },
};
