import { html, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { useStore } from '../base/store.js';
import { Badge, Box, Empty, Problem } from '../ui/parts.js';
import { Icon } from '../ui/icons.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const STAGES = {
  VIRTUAL_HOST: 'Host', ROUTE: 'Route', FAULT: 'Fault', POLICY: 'Policy', CLUSTER: 'Destination', MIRROR: 'Mirror', ENDPOINT: 'Endpoint',
  AUTHORIZATION: 'Authorization', TRAFFIC_LIMITS: 'Limits',
};

/** Asks the server what would become of a request, and shows every step of its decision. */
export function CanI() {
  const { namespace } = useStore(preferences);
  const { data } = useLive(withQuery('/inmesh/v1/services', { namespace }), 30_000);
  const [answer, setAnswer] = useState(null);
  const [failure, setFailure] = useState(null);
  const services = data?.services ?? [];
  const accounts = [...new Set(services.flatMap(({ instances }) => instances.map((instance) => `${instance.namespace}/${instance.serviceAccount}`)))].sort();
  const hosts = services.flatMap((service) => service.ports.map((port) => `${service.host}:${port.number}`));

  async function ask(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const [ns, account] = String(form.get('caller')).includes('/') ? String(form.get('caller')).split('/', 2) : [namespace || 'default', String(form.get('caller'))];
    const headers = Object.fromEntries(String(form.get('headers')).split('\n').filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    setFailure(null);
    try {
      setAnswer(await call('POST', '/inmesh/v1/explain', { body: { namespace: ns, serviceAccount: account, method: form.get('method'), authority: form.get('authority'), path: form.get('path') || '/', headers } }));
    } catch (error) {
      setAnswer(null);
      setFailure(error);
    }
  }

  return html`<div class="columns">
    <${Box} title="The request"><form class="form" onSubmit=${ask}>
      <label>Caller<input name="caller" list="accounts" required placeholder="namespace/service account" autocomplete="off" /></label>
      <label>Host and port<input name="authority" list="hosts" required placeholder="such as reviews:9080" autocomplete="off" /></label>
      <div class="pair"><label>Method<select name="method">${METHODS.map((method) => html`<option>${method}</option>`)}</select></label>
        <label>Path<input name="path" placeholder="/" autocomplete="off" /></label></div>
      <label>Headers<textarea name="headers" rows="3" placeholder="end-user: jason" spellcheck="false"></textarea><small class="faint">one a line</small></label>
      <datalist id="accounts">${accounts.map((account) => html`<option value=${account} />`)}</datalist>
      <datalist id="hosts">${hosts.map((host) => html`<option value=${host} />`)}</datalist>
      <div class="buttons"><button type="submit" class="main">Ask</button></div>
    </form><//>
    <${Box} title="The answer">${failure ? html`<${Problem} error=${failure} />` : answer ? html`<${Answer} answer=${answer} />`
      : html`<${Empty} title="Nothing is sent.">The server walks the request through the configuration that the caller and the called have now, and tells every step.<//>`}<//>
  </div>`;
}

function Answer({ answer }) {
  const refused = answer.steps.some(({ stage, taken }) => stage === 'AUTHORIZATION' && !taken) || /refused|answered with/.test(answer.outcome);
  return html`<div class="answer" role="status">
    <p><${Badge} tone=${refused ? 'bad' : 'ok'}>${refused ? 'no' : 'yes'}<//> <strong>${answer.outcome}</strong></p>
    <ol class="steps">${answer.steps.map((step) => html`<li class=${step.taken ? 'ok' : 'none'}><${Icon} name=${step.taken ? 'ok' : 'bad'} size=${15} />
      <div><span class="faint">${STAGES[step.stage] ?? step.stage}</span> <strong>${step.subject}</strong><br />${step.reason}${step.source && html`<br /><small class="mono faint">${step.source}</small>`}</div></li>`)}</ol>
  </div>`;
}
