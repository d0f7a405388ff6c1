import { html, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { useLive } from '../base/live.js';
import { Age, Await, Badge, Box, Chip, Cut, Dialog, Empty, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const PAGE = 200;

/** Who did what, the newest first. */
export function AuditLog() {
  const authority = useLive('/inmesh/v1/ca', 10_000);
  return html`<${Await} live=${authority}>${({ audit }) => html`<${Entries} head=${audit.number} />`}<//>`;
}

function Entries({ head }) {
  const [end, setEnd] = useState(0);
  const [event, setEvent] = useState('');
  const [open, setOpen] = useState(null);
  const [checked, setChecked] = useState(null);
  const last = end || head;
  const live = useLive(withQuery('/inmesh/v1/audit', { from: Math.max(1, last - PAGE + 1), limit: PAGE }), 600_000);
  return html`
    ${checked && html`<${Note} tone=${checked.intact ? 'ok' : 'bad'}>${checked.intact
      ? html`Entries ${checked.first} to ${checked.last} are complete and unchanged. Head: <code>${checked.hash}</code>` : checked.problem}<//>`}
    <${Await} live=${live}>${({ entries }) => {
      const events = [...new Set(entries.map((entry) => entry.event))].sort();
      const rows = entries.filter((entry) => !event || entry.event === event).reverse();
      return html`<${Box} flush title=${`Entries ${Math.max(1, last - PAGE + 1)} to ${last}`} tools=${html`
          <label><span class="hidden">Event</span><select value=${event} onChange=${(change) => setEvent(change.target.value)}><option value="">all events</option>${events.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
          <button type="button" disabled=${last <= PAGE} onClick=${() => setEnd(last - PAGE)}>Older</button>
          <button type="button" disabled=${!end} onClick=${() => setEnd(last + PAGE >= head ? 0 : last + PAGE)}>Newer</button>
          <button type="button" onClick=${async () => setChecked(await call('GET', '/inmesh/v1/audit/verify'))}>Verify</button>`}>
        <${Table} label="Audit log" rows=${rows} id=${(entry) => String(entry.number)} columns=${columns(setOpen)} empty=${html`<${Empty} title="No entries." />`} /><//>`;
    }}<//>
    ${open && html`<${Dialog} wide title=${`Entry ${open.number}: ${open.event}`} onClose=${() => setOpen(null)}>
      <dl class="facts"><dt>Time</dt><dd>${open.time}</dd><dt>By</dt><dd>${open.actor}</dd>
        ${Object.entries(open.facts).map(([name, value]) => html`<dt>${name}</dt><dd><pre class="fact">${value}</pre></dd>`)}
        <dt>Hash</dt><dd class="mono">${open.hash}</dd></dl><//>`}`;
}

const REFUSED = /refused|forbidden|unauthenticated|denied/;

/** What a row leaves to the dialogue of its entry. */
const HIDDEN = ['diff', 'proof', 'address', 'serial', 'notAfter', 'revision', 'changed', 'expires'];

const columns = (open) => [
  { title: 'No.', width: 'narrow', show: (entry) => html`<button type="button" class="link" onClick=${() => open(entry)}>${entry.number}</button>` },
  { title: 'Age', width: 'narrow', show: (entry) => html`<${Age} time=${entry.time} />` },
  { title: 'Event', width: 'narrow', show: (entry) => html`<${Badge} tone=${REFUSED.test(entry.event) ? 'warn' : 'none'}>${entry.event}<//>` },
  { title: 'By', show: (entry) => html`<${Cut} text=${entry.actor} />` },
  { title: 'What', show: (entry) => html`<span class="row">${Object.entries(entry.facts).filter(([name]) => !HIDDEN.includes(name)).slice(0, 2).map(([name, value]) => html`<${Chip} title=${value}>${name}: ${value}<//>`)}</span>` },
];
