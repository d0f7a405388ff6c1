import { html } from '../lib/preact.js';
import { number } from '../base/format.js';
import { Age, Badge, Box, Note } from '../ui/parts.js';
import { Table } from '../ui/table.js';

/** The other registries that the control server follows; nothing where there are none. @param {{sources: any[]}} props */
export function Sources({ sources }) {
  if (sources.length === 0) return null;
  return html`<${Box} flush title="Registries">
    ${sources.filter(({ problem }) => problem).map(({ name, problem }) => html`<${Note} tone="warn"><strong>${name}</strong>: ${problem}<//>`)}
    <${Table} label="Registries" rows=${sources} id=${({ name, type }) => `${type} ${name}`} first=${0} columns=${COLUMNS} /><//>`;
}

const STATES = {
  ANSWERING: { tone: 'ok', text: 'answers' },
  STARTING: { tone: 'none', text: 'has not answered yet', title: 'What it said before the control server was started holds.' },
  FAILING: { tone: 'warn', text: 'does not answer', title: 'What it said last holds until it answers again.' },
};

const COLUMNS = [
  { title: 'Registry', sort: ({ name }) => name, show: ({ name, type }) => html`<span class="stack">${name}<small>${type}</small></span>` },
  {
    title: 'State',
    sort: ({ state }) => state,
    show: ({ state, since }) => {
      const { tone, text, title } = STATES[state] ?? { tone: 'none', text: state.toLowerCase() };
      return html`<span class="row"><${Badge} tone=${tone} title=${title}>${text}<//><small>for <${Age} time=${since} /></small></span>`;
    },
  },
  { title: 'Services', align: 'right', sort: ({ services }) => services, show: ({ services }) => number(services) },
  { title: 'Endpoints', align: 'right', sort: ({ endpoints }) => endpoints, show: ({ endpoints }) => number(endpoints) },
  {
    title: 'Vanished',
    align: 'right',
    sort: ({ vanished }) => vanished,
    show: ({ vanished, frozen }) => frozen
      ? html`<${Badge} tone="warn" title="So many have vanished that all are kept for a while.">${number(vanished)}, kept<//>`
      : number(vanished),
  },
];
