import { html, useState } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { href, refine } from '../base/route.js';
import { mayEditSomewhere } from '../base/session.js';
import { useStore } from '../base/store.js';
import { Age, Await, Badge, Box, Chip, Cut, Empty, Head, Search } from '../ui/parts.js';
import { Icon } from '../ui/icons.js';
import { Table } from '../ui/table.js';
import { Late } from '../ui/late.js';

// The editor is large; who only looks at the list does without.
const loadNew = () => import('../config/new.js').then((module) => module.NewResource);
const loadResource = () => import('../config/resource.js').then((module) => module.Resource);

/**
 * All configuration; one resource if the place names it (`config/<group or core>/<plural>/<namespace>/<name>`), or a new one (`config/new`).
 * @param {{place: import('../base/route.js').Place}} props
 */
export function Configuration({ place }) {
  const [first, plural, namespace, name] = place.parts;
  if (first === 'new') return html`<${Late} key=${`new ${place.query.kind ?? ''}`} load=${loadNew} props=${{ query: place.query }} />`;
  if (name) return html`<${Late} key=${place.parts.join('/')} load=${loadResource}
    props=${{ id: { group: first === 'core' ? '' : first, plural, namespace: namespace === '-' ? '' : namespace, name }, query: place.query }} />`;
  return html`<${List} query=${place.query} />`;
}

/** Where a resource is edited. @param {any} item @param {Record<string, string>} [query] */
export const linkTo = (item, query) => href(['config', item.group || 'core', item.plural, item.namespace || '-', item.name], query);

function List({ query }) {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/resources', { namespace }));
  const [find, setFind] = useState(query.find ?? '');
  const kind = query.kind ?? '';
  const wanted = find.toLowerCase();
  return html`<${Head} title="Configuration" sub="What the mesh is told to do, and what is wrong with it.">
      <${Search} label="Find a resource" value=${find} onInput=${(text) => { setFind(text); refine({ find: text }); }} />
      ${mayEditSomewhere() && html`<a class="button main" href="#/config/new"><${Icon} name="plus" size=${16} />New</a>`}
    <//>
    <${Await} live=${live}>${(data) => {
      const kinds = [...new Set(data.items.map((item) => item.kind))].sort();
      const rows = data.items.filter((item) => (!kind || item.kind === kind)
        && (!wanted || [item.name, item.kind, item.namespace, ...item.hosts].some((text) => text.toLowerCase().includes(wanted)))
        && (!query.findings || item.problems.length > 0));
      return html`<${Box} flush title=${count(rows.length, 'resource')} tools=${html`
          <label class="row"><input type="checkbox" checked=${!!query.findings} onChange=${(event) => refine({ findings: event.target.checked ? 'yes' : '' })} />with findings only</label>
          <label><span class="hidden">Kind</span><select value=${kind} onChange=${(event) => refine({ kind: event.target.value })}>
            <option value="">all kinds</option>${kinds.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>`}>
        <${Table} label="Resources" rows=${rows} id=${(item) => `${item.kind}/${item.namespace}/${item.name}`} columns=${COLUMNS} first=${1} link=${linkTo}
          empty=${html`<${Empty} title=${data.items.length ? 'No resource fits.' : 'Nothing is configured yet.'}>
            ${!data.items.length && html`Write a resource here, or apply files with <code>meshctl apply</code> or <code>kubectl apply</code>.`}<//>`} />
      <//>`;
    }}<//>`;
}

const COLUMNS = [
  { title: 'Name', sort: (item) => item.name, show: (item) => html`<${Cut} text=${item.name} />` },
  { title: 'Kind', sort: (item) => item.kind, show: (item) => item.kind },
  { title: 'Namespace', sort: (item) => item.namespace, show: (item) => item.namespace || html`<span class="faint dash">–</span>` },
  {
    title: 'Hosts',
    show: (item) => html`<span class="row">${item.hosts.slice(0, 3).map((host) => html`<${Chip} title=${host}>${host}<//>`)}
      ${item.hosts.length > 3 && html`<span class="faint">+${item.hosts.length - 3}</span>`}</span>`,
  },
  { title: 'Findings', sort: (item) => findings(item).rank, show: (item) => html`<${Findings} item=${item} />` },
  { title: 'Created', sort: (item) => item.created, show: (item) => html`<${Age} time=${item.created} />` },
  { title: 'Kept in', sort: (item) => item.file || item.cluster, show: (item) => (item.file ? html`<${Cut} mono text=${item.file} />` : item.cluster ? `cluster ${item.cluster}` : 'the server') },
];

function findings(item) {
  const errors = item.problems.filter(({ severity }) => severity === 'ERROR').length;
  const warnings = item.problems.length - errors;
  if (errors) return { tone: 'bad', text: count(errors, 'error'), rank: 0 };
  if (!item.enforced) return { tone: 'warn', text: 'without effect', rank: 1 };
  return warnings ? { tone: 'warn', text: count(warnings, 'warning'), rank: 1 } : { tone: 'ok', text: 'none', rank: 2 };
}

/** How many findings a resource has. @param {{item: any}} props */
export function Findings({ item }) {
  const { tone, text } = findings(item);
  return html`<${Badge} tone=${tone} title=${item.problems.map(({ field, message }) => `${field} ${message}`).join('\n')}>${text}<//>`;
}
