import { html, useMemo } from '../lib/preact.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { refine } from '../base/route.js';
import { Box, Head, Loading, Problem } from '../ui/parts.js';
import { Workbench } from './resource.js';
import { fieldsOf, nested, wholeShape } from './shapes.js';
import { subsetsOf } from './subsets.js';
import { textOf } from './text.js';

/** A resource that is not there yet: of a kind that is chosen first, or a rule for the host of the query. @param {{query: Record<string, string>}} props */
export function NewResource({ query }) {
  const kinds = useLive('/inmesh/v1/kinds', 600_000);
  const namespace = query.namespace || preferences.get().namespace || 'default';
  const resources = useLive(query.host ? `/apis/networking.istio.io/v1/namespaces/${encodeURIComponent(namespace)}/destinationrules` : null, 600_000);
  if (kinds.error) return html`<${Problem} error=${kinds.error} />`;
  if (!kinds.data || (query.host && !resources.data && !resources.error)) return html`<${Loading} />`;
  const kind = kinds.data.kinds.find((candidate) => candidate.kind === query.kind && candidate.group === (query.group ?? candidate.group));
  if (!kind) return html`<${Choice} kinds=${kinds.data.kinds} />`;
  return html`<${Draft} kinds=${kinds.data} kind=${kind} query=${query} namespace=${namespace} rules=${resources.data?.items ?? []} />`;
}

function Draft({ kinds, kind, query, namespace, rules }) {
  const draft = useMemo(() => (query.host ? ruleFor(kind, namespace, query.host, rules) : template(kinds, kind, namespace)), []);
  return html`<${Workbench} kinds=${kinds} kind=${kind} live=${null} draft=${draft} tab=${query.tab} refresh=${() => {}} />`;
}

const Choice = ({ kinds }) => html`<${Head} title="New resource" sub=${html`<a href="#/config">Configuration</a> / choose a kind`} />
  <${Box}><div class="choices">${kinds.filter(({ enforced }) => enforced).map((kind) => html`<button type="button" onClick=${() => refine({ kind: kind.kind, group: kind.group })}>
    <strong>${kind.kind}</strong><small class="faint">${kind.apiVersion}</small></button>`)}</div><//>`;

/** The least that a resource of a kind needs. */
function template(kinds, kind, namespace) {
  const whole = wholeShape(kind, kinds.metadata);
  const body = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'new', ...(kind.namespaced ? { namespace } : {}) } };
  if (whole.root.spec) {
    body.spec = Object.fromEntries(fieldsOf(whole.root.spec, whole.shapes).filter(({ required }) => required)
      .map(({ name, type }) => [name, type.startsWith('list') ? [] : nested(type) ? {} : '']));
  }
  return textOf(body);
}

/** A rule that leads to all subsets of a host as it was led before: to each as often. */
function ruleFor(kind, namespace, host, rules) {
  const subsets = subsetsOf(rules, host, namespace);
  const weights = subsets.map((_, index) => Math.floor(100 / subsets.length) + (index < 100 % subsets.length ? 1 : 0));
  const route = subsets.length
    ? subsets.map((subset, index) => ({ destination: { host, subset }, ...(subsets.length > 1 ? { weight: weights[index] } : {}) }))
    : [{ destination: { host } }];
  return textOf({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: host.split('.')[0], namespace }, spec: { hosts: [host], http: [{ route }] } });
}
