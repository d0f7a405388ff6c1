import { html, useState } from '../lib/preact.js';
import { useLive } from '../base/live.js';
import { Empty, Note } from '../ui/parts.js';
import { subsetsOf } from './subsets.js';
import { changed } from './text.js';

const ofVirtualService = (kind) => kind.kind === 'VirtualService';

/**
 * Forms that write into the YAML beside them.
 * @type {{id: string, title: string, fits: (kind: any) => boolean, view: any}[]}
 */
export const FORMS = [
  { id: 'weights', title: 'Weights', fits: ofVirtualService, view: (props) => html`<${OfRoute} ...${props} form=${Weights} />` },
  { id: 'resilience', title: 'Timeouts', fits: ofVirtualService, view: (props) => html`<${OfRoute} ...${props} form=${Resilience} />` },
  { id: 'faults', title: 'Faults', fits: ofVirtualService, view: (props) => html`<${OfRoute} ...${props} form=${Faults} />` },
];

/** Chooses which route of a VirtualService a form is about. */
function OfRoute({ form: Form, text, body, onText, ...rest }) {
  const [chosen, setChosen] = useState(0);
  const routes = body.spec?.http ?? [];
  if (routes.length === 0) return html`<${Empty} title="It has no HTTP route yet.">Write <code>spec.http</code> with a <code>route</code>.<//>`;
  const at = Math.min(chosen, routes.length - 1);
  const set = (changes) => onText(changed(text, changes.map(({ path, value }) => ({ path: ['spec', 'http', at, ...path], value }))));
  return html`<div class="form">
    ${routes.length > 1 && html`<label>Route<select value=${at} onChange=${(event) => setChosen(Number(event.target.value))}>
      ${routes.map((route, index) => html`<option value=${index}>${title(route, index)}</option>`)}</select></label>`}
    <${Form} key=${at} route=${routes[at]} hosts=${body.spec.hosts ?? []} set=${set} ...${rest} />
  </div>`;
}

function title(route, index) {
  const match = (route.match ?? []).map((one) => Object.entries(one.uri ?? {}).map(([how, what]) => `${how} ${what}`).join() || Object.keys(one.headers ?? {}).map((name) => `header ${name}`).join()).filter(Boolean).join(' or ');
  return `${index + 1}. ${route.name ?? (match || 'everything else')}`;
}

/** Shares of a route's destinations; they always add up to 100. */
function Weights({ route, hosts, namespace, editable, set }) {
  const rules = useLive(`/apis/networking.istio.io/v1/namespaces/${encodeURIComponent(namespace)}/destinationrules`, 60_000);
  const destinations = route.route ?? [];
  if (destinations.length === 0) return html`<${Empty} title="This route leads to no destination." />`;
  const weights = destinations.length === 1 ? [100] : destinations.map(({ weight }) => weight ?? 0);
  const host = destinations[0].destination?.host ?? hosts[0] ?? '';
  const used = destinations.map(({ destination }) => destination?.subset);
  const free = subsetsOf(rules.data?.items ?? [], host, namespace).filter((subset) => !used.includes(subset));

  function share(index, value) {
    const wanted = Math.max(0, Math.min(100, Math.round(value) || 0));
    const others = weights.map((weight, at) => (at === index ? 0 : weight));
    const sum = others.reduce((all, weight) => all + weight, 0);
    const next = others.map((weight, at) => (at === index ? wanted : Math.floor(sum ? (weight * (100 - wanted)) / sum : (100 - wanted) / (weights.length - 1))));
    let rest = 100 - next.reduce((all, weight) => all + weight, 0);
    for (let at = 0; rest > 0 && at < next.length * 2; at++) {
      const place = at % next.length;
      if (place !== index && (others[place] > 0 || sum === 0 || at >= next.length)) {
        next[place] += 1;
        rest -= 1;
      }
    }
    set(next.map((weight, at) => ({ path: ['route', at, 'weight'], value: weight })));
  }

  const add = (subset) => set([
    ...(destinations.length === 1 ? [{ path: ['route', 0, 'weight'], value: 100 }] : []),
    { path: ['route', destinations.length], value: { destination: { host, subset }, weight: 0 } },
  ]);
  return html`
    <p class="faint">How requests are shared among the destinations, in percent. Moving one moves the others.</p>
    ${destinations.map(({ destination }, index) => {
      const name = `${destination?.host ?? ''}${destination?.subset ? ` ${destination.subset}` : ''}`;
      return html`<div class="weight"><span class="weight-name" title=${name}>${destination?.subset ?? destination?.host}<small class="faint">${destination?.subset ? destination.host : ''}</small></span>
        <input type="range" min="0" max="100" aria-label=${`Share of ${name}`} value=${weights[index]} disabled=${!editable || destinations.length === 1} onInput=${(event) => share(index, Number(event.target.value))} />
        <input type="number" min="0" max="100" aria-label=${`Percent of ${name}`} data-weight=${destination?.subset ?? ''} value=${weights[index]} disabled=${!editable || destinations.length === 1} onChange=${(event) => share(index, Number(event.target.value))} /></div>`;
    })}
    ${weights.reduce((all, weight) => all + weight, 0) !== 100 && html`<${Note} tone="warn">They add up to ${weights.reduce((all, weight) => all + weight, 0)}, not to 100; move one to mend that.<//>`}
    ${editable && free.length > 0 && html`<div class="row"><span class="faint">Add</span>${free.map((subset) => html`<button type="button" onClick=${() => add(subset)}>${subset}</button>`)}</div>`}`;
}

const DURATION = '[0-9]+(\\.[0-9]+)?(ms|s|m|h)';

/** A field that is left out when it is empty. */
const Field = ({ label, value, onValue, editable, hint, ...rest }) => html`<label>${label}
  <input value=${value ?? ''} disabled=${!editable} onChange=${(event) => event.target.checkValidity() && onValue(event.target.value === '' ? undefined : rest.type === 'number' ? Number(event.target.value) : event.target.value)} ...${rest} />
  ${hint && html`<small class="faint">${hint}</small>`}</label>`;

function Resilience({ route, editable, set }) {
  const retries = route.retries ?? {};
  return html`
    <${Field} label="Timeout of a call" hint="with all its retries; empty for none" pattern=${DURATION} placeholder="such as 3s" editable=${editable} value=${route.timeout} onValue=${(value) => set([{ path: ['timeout'], value }])} />
    <${Field} label="Retries at most" hint="beside the first attempt; 0 for none; empty for the mesh's own rule" type="number" min="0" max="25" editable=${editable} value=${retries.attempts} onValue=${(value) => set([{ path: ['retries', 'attempts'], value }])} />
    <${Field} label="Timeout of an attempt" pattern=${DURATION} placeholder="such as 1s" editable=${editable} value=${retries.perTryTimeout} onValue=${(value) => set([{ path: ['retries', 'perTryTimeout'], value }])} />
    <${Field} label="Retry on" hint="comma-separated, such as 5xx,connect-failure,reset" placeholder="connect-failure,refused-stream,unavailable" editable=${editable} value=${retries.retryOn} onValue=${(value) => set([{ path: ['retries', 'retryOn'], value }])} />`;
}

function Faults({ route, editable, set }) {
  const { delay, abort } = route.fault ?? {};
  const percent = (fault) => fault?.percentage?.value ?? fault?.percent ?? (fault ? 100 : undefined);
  const setDelay = (share, time) => set(share === undefined || share === 0 ? [{ path: ['fault', 'delay'], value: undefined }]
    : [{ path: ['fault', 'delay'], value: { percentage: { value: share }, fixedDelay: time || '1s' } }]);
  const setAbort = (share, status) => set(share === undefined || share === 0 ? [{ path: ['fault', 'abort'], value: undefined }]
    : [{ path: ['fault', 'abort'], value: { percentage: { value: share }, httpStatus: status || 503 } }]);
  return html`
    <p class="faint">Faults are made by the callers, so the service itself is not touched. Take them out again by setting the share to 0.</p>
    <fieldset><legend>Delay</legend>
      <${Field} label="Share of calls, in percent" type="number" min="0" max="100" step="any" data-fault="delay" editable=${editable} value=${percent(delay)} onValue=${(value) => setDelay(value, delay?.fixedDelay)} />
      <${Field} label="By" pattern=${DURATION} placeholder="such as 2s" editable=${editable && !!delay} value=${delay?.fixedDelay} onValue=${(value) => setDelay(percent(delay), value)} />
    </fieldset>
    <fieldset><legend>Error</legend>
      <${Field} label="Share of calls, in percent" type="number" min="0" max="100" step="any" data-fault="abort" editable=${editable} value=${percent(abort)} onValue=${(value) => setAbort(value, abort?.httpStatus)} />
      <${Field} label="HTTP status" type="number" min="200" max="599" editable=${editable && !!abort} value=${abort?.httpStatus} onValue=${(value) => setAbort(percent(abort), value)} />
    </fieldset>`;
}
