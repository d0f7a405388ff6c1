import { html, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { clock } from '../base/format.js';
import { useLive } from '../base/live.js';
import { may } from '../base/session.js';
import { Age, Await, Box, Cut, Dialog, Empty, Problem } from '../ui/parts.js';
import { Icon } from '../ui/icons.js';
import { Table } from '../ui/table.js';

/** Certificates and identities that are refused although they are valid. */
export function Denied() {
  const live = useLive('/inmesh/v1/ca/denied');
  const [adding, setAdding] = useState(false);
  const [releasing, setReleasing] = useState(null);
  const admin = may('admin');
  return html`<${Await} live=${live}>${({ items }) => html`
    <${Box} flush title="Refused, though valid" tools=${admin && html`<button type="button" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${15} />Deny</button>`}>
      <${Table} label="Deny list" rows=${items} id=${(item) => item.subject} first=${0} columns=${[...COLUMNS, ...(admin ? [{ title: '', width: 'narrow', show: (item) => html`<button type="button" onClick=${() => setReleasing(item)}>Allow again</button>` }] : [])]}
        empty=${html`<${Empty} title="Nobody is denied.">A certificate or an identity that has fallen into wrong hands is denied here; its connections end at once.<//>`} /><//>
    ${adding && html`<${Deny} onClose=${() => { setAdding(false); live.refresh(); }} />`}
    ${releasing && html`<${Allow} item=${releasing} onClose=${() => { setReleasing(null); live.refresh(); }} />`}`}<//>`;
}

const COLUMNS = [
  { title: 'Certificate or identity', sort: (item) => item.subject, show: (item) => html`<${Cut} mono text=${item.subject} />` },
  { title: 'Reason', show: (item) => item.reason || html`<span class="faint dash">–</span>` },
  { title: 'By', sort: (item) => item.createdBy, show: (item) => item.createdBy },
  { title: 'Since', sort: (item) => item.created, show: (item) => html`<${Age} time=${item.created} />` },
  { title: 'Until', sort: (item) => item.until, show: (item) => (item.until ? clock(item.until) : 'for good') },
];

function Deny({ onClose }) {
  const [failure, setFailure] = useState(null);
  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const until = form.get('until');
    try {
      await call('POST', '/inmesh/v1/ca/denied', { body: { subject: form.get('subject'), reason: form.get('reason'), until: until ? new Date(String(until)).toISOString().replace(/\.\d+/, '') : '' } });
      onClose();
    } catch (error) {
      setFailure(error);
    }
  }
  return html`<${Dialog} title="Deny a certificate or an identity" onClose=${onClose}><form class="form" onSubmit=${submit}>
    <label>Serial number or SPIFFE id<input name="subject" required autocomplete="off" placeholder="spiffe://…/ns/shop/sa/till" /></label>
    <label>Reason<input name="reason" autocomplete="off" /></label>
    <label>Until<input name="until" type="datetime-local" /><small class="faint">empty for good</small></label>
    <p class="faint">Its connections to the control server end, and every process of the mesh refuses it as soon as it has heard of it.</p>
    ${failure && html`<${Problem} error=${failure} />`}
    <div class="buttons"><button type="button" onClick=${onClose}>Cancel</button><button type="submit" class="danger">Deny</button></div>
  </form><//>`;
}

function Allow({ item, onClose }) {
  const [failure, setFailure] = useState(null);
  async function allow() {
    try {
      await call('DELETE', withQuery('/inmesh/v1/ca/denied', { subject: item.subject }));
      onClose();
    } catch (error) {
      setFailure(error);
    }
  }
  return html`<${Dialog} title="Allow it again?" onClose=${onClose}>
    <p class="mono">${item.subject}</p>
    ${failure && html`<${Problem} error=${failure} />`}
    <div class="buttons"><button type="button" onClick=${onClose}>Cancel</button><button type="button" class="main" onClick=${allow}>Allow again</button></div>
  <//>`;
}
