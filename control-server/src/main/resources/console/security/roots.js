import { html } from '../lib/preact.js';
import { clock, count, duration, left } from '../base/format.js';
import { useLive } from '../base/live.js';
import { Age, Await, Badge, Box, Empty, Figures, Note } from '../ui/parts.js';

/** What becomes of a root, in the order of its life. */
const STATES = {
  staged: ['warn', 'staged', 'It is being sent to all processes; not all of them have said yet that they trust it.'],
  trusted: ['none', 'trusted', 'Every connected process trusts it; it signs nothing yet.'],
  active: ['ok', 'active', 'Certificates are issued below it.'],
  retiring: ['warn', 'retiring', 'It is being taken away; not all processes have said yet that they no longer trust it.'],
  gone: ['none', 'gone', 'Nobody trusts it, and its keys are deleted.'],
};

/** The roots of trust and how far their replacement has come. */
export function Roots() {
  const live = useLive('/inmesh/v1/ca');
  const federation = useLive('/inmesh/v1/ca/federation', 30_000);
  return html`<${Await} live=${live}>${(authority) => html`
    <${Figures} items=${[
      { label: 'Trust domain', value: html`<span class="figure-text">${authority.trustDomain}</span>` },
      { label: 'Certificates live for', value: duration(authority.leafSeconds * 1000) },
      { label: 'Keys on disk', value: authority.keysEncrypted ? 'encrypted' : 'plain', tone: authority.keysEncrypted ? 'ok' : 'warn', sub: authority.keysEncrypted ? '' : 'readable by the server\'s account' },
    ]} />
    ${authority.roots.length > 1 && html`<${Note} tone="none">A root is being replaced. The steps are taken with <code>meshctl ca</code>: add, activate, retire.<//>`}
    ${authority.roots.map((root) => html`<${Root} key=${root.id} root=${root} />`)}
    <${Box} flush title="Other trust domains">${federation.data?.items.length
      ? html`<div class="scroll"><table class="rows" role="table" aria-label="Other trust domains"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Trust domain</th><th scope="col" role="columnheader">State</th><th scope="col" role="columnheader">Roots</th><th scope="col" role="columnheader">Fetched</th></tr></thead>
          <tbody role="rowgroup">${federation.data.items.map((item) => html`<tr role="row"><td role="cell">${item.trustDomain}</td><td role="cell" data-title="State">${item.problem ? html`<${Badge} tone="bad">${item.problem}<//>` : html`<${Badge} tone="ok">trusted<//>`}</td><td role="cell" data-title="Roots">${item.roots}</td><td role="cell" data-title="Fetched"><${Age} time=${item.fetched || undefined} /></td></tr>`)}</tbody></table></div>`
      : html`<${Empty} title="None are trusted.">They are named in the section <code>federation</code> of the settings file.<//>`}<//>`}<//>`;
}

function Root({ root }) {
  const [tone, text, meaning] = STATES[root.state] ?? ['none', root.state, ''];
  return html`<${Box} title=${html`<span class="mono">${root.id}</span>`} tools=${html`<${Badge} tone=${tone}>${text}<//>`}>
    <p>${meaning} Since <${Age} time=${root.since} />.</p>
    <dl class="facts spaced">
      <dt>Subject</dt><dd>${root.subject}</dd>
      <dt>Algorithm</dt><dd>${root.algorithm}</dd>
      <dt>Ends</dt><dd>${clock(root.notAfter)} (in ${duration(left(root.notAfter))})</dd>
      ${root.intermediateNotAfter && html`<dt>Its intermediate ends</dt><dd>${clock(root.intermediateNotAfter)} (in ${duration(left(root.intermediateNotAfter))})</dd>`}
      <dt>Its key</dt><dd>${root.rootKey ? 'kept by this server' : 'kept elsewhere'}</dd>
    </dl>
    ${root.waitingFor.length > 0 && html`<${Note} tone="warn">Waits for ${count(root.waitingFor.length, 'process', 'processes')}: ${root.waitingFor.join(', ')}<//>`}
  <//>`;
}
