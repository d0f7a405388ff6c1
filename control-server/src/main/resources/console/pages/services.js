import { html, useState } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { href, refine } from '../base/route.js';
import { useStore } from '../base/store.js';
import { Await, Badge, Box, Chip, Cut, Empty, Head, Search } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { certificateOf, configOf, healthOf, protocolsOf, versionsOf } from './service-facts.js';
import { Service } from './service.js';

/** All services, or the one that the place names. @param {{place: import('../base/route.js').Place}} props */
export function Services({ place }) {
  return place.parts[0] ? html`<${Service} key=${place.parts[0]} host=${place.parts[0]} />` : html`<${List} query=${place.query} />`;
}

function List({ query }) {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/services', { namespace }));
  const [find, setFind] = useState(query.find ?? '');
  const wanted = find.toLowerCase();
  const fits = (service) => !wanted || [service.host, ...versionsOf(service)].some((text) => text.toLowerCase().includes(wanted));
  return html`<${Head} title="Services" sub="What can be called, and what is behind it.">
      <${Search} label="Find a service" value=${find} onInput=${(text) => { setFind(text); refine({ find: text }); }} />
    <//>
    <${Await} live=${live}>${(data) => html`<${Box} flush title=${count(data.services.filter(fits).length, 'service')}>
      <${Table} label="Services" rows=${data.services.filter(fits)} id=${(service) => service.host} first=${0} columns=${COLUMNS}
        link=${(service) => href(['services', service.host])}
        empty=${html`<${Empty} title=${wanted ? 'No service fits.' : 'There are no services yet.'}>
          ${!wanted && html`Apply a <code>Service</code> or a <code>ServiceEntry</code>; processes that join the mesh appear behind it by themselves.`}<//>`} />
    <//>`}<//>`;
}

const COLUMNS = [
  { title: 'Service', sort: (service) => service.name, show: (service) => html`<${Cut} text=${service.name} />`, width: 'wide' },
  { title: 'Namespace', sort: (service) => service.namespace, show: (service) => service.namespace },
  {
    title: 'Health',
    sort: (service) => healthOf(service).rank,
    show: (service) => {
      const { tone, text } = healthOf(service);
      return html`<${Badge} tone=${tone}>${text}<//>`;
    },
  },
  {
    title: 'Versions',
    show: (service) => html`<span class="row">${versionsOf(service).slice(0, 4).map((version) => html`<${Chip}>${version}<//>`)}
      ${versionsOf(service).length > 4 && html`<span class="faint">+${versionsOf(service).length - 4}</span>`}</span>`,
  },
  { title: 'Ports', show: (service) => html`<${Cut} text=${protocolsOf(service)} />` },
  {
    title: 'Configuration',
    sort: (service) => configOf(service).rank,
    show: (service) => {
      const { tone, text, title } = configOf(service);
      return text ? html`<${Badge} tone=${tone} title=${title}>${text}<//>` : html`<span class="faint dash">–</span>`;
    },
  },
  {
    title: 'Certificates',
    sort: (service) => certificateOf(service).millis,
    show: (service) => {
      const { tone, text } = certificateOf(service);
      return html`<span class=${tone === 'ok' || tone === 'none' ? '' : `tone-${tone}`}>${text}</span>`;
    },
  },
];
