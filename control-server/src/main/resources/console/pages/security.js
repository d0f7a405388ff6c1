import { html } from '../lib/preact.js';
import { refine } from '../base/route.js';
import { may } from '../base/session.js';
import { AuditLog } from '../security/audit.js';
import { CanI } from '../security/can-i.js';
import { Denied } from '../security/denied.js';
import { Identities } from '../security/identities.js';
import { Plaintext } from '../security/plaintext.js';
import { Roots } from '../security/roots.js';
import { Head, Tabs } from '../ui/parts.js';

/** Parts of the page; those about the whole mesh take a role in all namespaces. */
const TABS = [
  { id: 'identities', title: 'Identities', view: Identities, shown: () => true },
  { id: 'roots', title: 'Roots', view: Roots, shown: () => may('viewer') },
  { id: 'plaintext', title: 'Plaintext', view: Plaintext, shown: () => true },
  { id: 'can-i', title: 'Can A call B?', view: CanI, shown: () => true },
  { id: 'denied', title: 'Deny list', view: Denied, shown: () => may('viewer') },
  { id: 'audit', title: 'Audit log', view: AuditLog, shown: () => may('admin') },
];

/** Who is who, who may what, and what is not protected. @param {{place: import('../base/route.js').Place}} props */
export function Security({ place }) {
  const tabs = TABS.filter(({ shown }) => shown());
  const { id, view } = tabs.find((tab) => tab.id === place.query.tab) ?? tabs[0];
  return html`<${Head} title="Security" sub="Who is who, who may what, and what is not protected." />
    <${Tabs} tabs=${tabs} chosen=${id} label="Parts of security" onChoose=${(next) => refine({ tab: next })} />
    <${view} key=${id} query=${place.query} />`;
}
