import { html } from '../lib/preact.js';
import { withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { may } from '../base/session.js';
import { useStore } from '../base/store.js';
import { certificateLeft } from '../pages/service-facts.js';
import { Age, Await, Badge, Box, Cut, Empty, Figures } from '../ui/parts.js';
import { Table } from '../ui/table.js';

/** Every process with the identity its certificate proves, the one that ends first on top. */
export function Identities() {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/status', { namespace }));
  const authority = useLive(may('viewer') ? '/inmesh/v1/ca' : null, 60_000);
  const life = (authority.data?.leafSeconds ?? 86_400) * 1000;
  return html`<${Await} live=${live}>${({ processes }) => {
    const names = new Set(processes.map(identity));
    const lefts = processes.map(certificateLeft).sort((a, b) => a.millis - b.millis);
    const without = lefts.filter(({ millis }) => millis === Infinity).length;
    return html`<${Figures} items=${[
        { label: 'Identities', value: names.size, sub: authority.data ? `of ${authority.data.trustDomain}` : '' },
        { label: 'Processes', value: processes.length },
        { label: 'Ends first', value: lefts[0]?.text ?? '–', tone: lefts[0]?.tone === 'ok' ? undefined : lefts[0]?.tone, sub: 'renewed at half of its life' },
        { label: 'Without certificate', value: without, tone: without ? 'warn' : undefined },
      ]} />
      <${Box} flush title=${count(processes.length, 'process', 'processes')}>
        <${Table} label="Identities" rows=${processes} id=${(process) => `${process.namespace}/${process.name}/${process.connectedSince}`} first=${2} columns=${columns(life)}
          empty=${html`<${Empty} title="No process is connected.">Processes get their identity when they join the mesh.<//>`} /><//>`;
  }}<//>`;
}

const identity = (process) => `${process.namespace}/${process.serviceAccount}`;

const columns = (life) => [
  { title: 'Identity', sort: identity, show: (process) => html`<${Cut} text=${identity(process)} />` },
  { title: 'Process', sort: (process) => process.name, show: (process) => html`<${Cut} text=${process.name} />` },
  {
    title: 'Certificate left',
    sort: (process) => certificateLeft(process).millis,
    show: (process) => {
      const { tone, text, millis, failure } = certificateLeft(process);
      if (millis === Infinity) return html`<${Badge} tone="warn">none<//>`;
      return html`<span class="row"><meter class=${tone} min="0" max="1" value=${Math.max(0, Math.min(1, millis / life))} aria-label="Share of its life that is left"></meter>${text}
        ${failure && html`<${Badge} tone="bad" title=${failure}>not renewed<//>`}</span>`;
    },
  },
  { title: 'Connected', sort: ({ connectedSince }) => connectedSince, show: ({ connectedSince }) => html`<${Age} time=${connectedSince} />` },
  { title: 'From', show: ({ address }) => html`<span class="mono">${address.replace(/^\//, '')}</span>` },
];
