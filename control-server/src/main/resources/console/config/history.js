import { html, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { useLive } from '../base/live.js';
import { Age, Await, Badge, Dialog, Loading, Problem } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { Diff } from './diff.js';

/**
 * The versions of a resource and the way back.
 * @param {{kind: any, namespace: string, name: string, editable: boolean, onRolledBack: () => void}} props
 */
export function History({ kind, namespace, name, editable, onRolledBack }) {
  const query = { kind: kind.kind, namespace, name };
  const live = useLive(withQuery('/inmesh/v1/history', query));
  const [open, setOpen] = useState(0);
  return html`<${Await} live=${live}>${(data) => html`
    <${Table} label="Versions" rows=${data.versions} id=${(version) => String(version.version)} columns=${columns(setOpen)} empty="No version of it is kept." />
    ${open > 0 && html`<${Version} key=${open} query=${query} version=${data.versions.find(({ version }) => version === open)} editable=${editable}
      newest=${data.versions[0]} onClose=${() => setOpen(0)} onRolledBack=${() => { setOpen(0); live.refresh(); onRolledBack(); }} />`}`}<//>`;
}

const columns = (open) => [
  { title: 'Version', show: (version) => html`<span class="row">${version.version}${version.current && html`<${Badge} tone="ok">live<//>`}</span>` },
  { title: 'What', show: (version) => version.verb },
  { title: 'By', show: (version) => version.by || html`<span class="faint dash">–</span>` },
  { title: 'Age', show: (version) => html`<${Age} time=${version.time || undefined} />` },
  { title: '', width: 'narrow', show: (version) => html`<button type="button" data-version=${version.version} onClick=${() => open(version.version)}>Compare</button>` },
];

function Version({ query, version, newest, editable, onClose, onRolledBack }) {
  const live = useLive(withQuery('/inmesh/v1/history', { ...query, version: version.version }), 600_000);
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);

  async function rollBack() {
    setBusy(true);
    try {
      await call('POST', '/inmesh/v1/rollback', { body: { ...query, version: version.version, ...(newest.current ? { expectedVersion: newest.version } : {}) } });
      onRolledBack();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  return html`<${Dialog} wide title=${`Version ${version.version}`} onClose=${onClose}>
    ${live.error && html`<${Problem} error=${live.error} />`}
    ${!live.data && !live.error && html`<${Loading} />`}
    ${live.data && html`
      <section><h3>What this version changed</h3><${Diff} text=${live.data.diff} /></section>
      ${!version.current && html`<section><h3>What has changed since</h3><${Diff} text=${live.data.diffToNow} empty="Nothing: the live version is the same." /></section>`}`}
    ${failure && html`<${Problem} error=${failure} />`}
    <div class="buttons">
      <button type="button" onClick=${onClose}>Close</button>
      ${editable && !version.current && live.data?.body && html`<button type="button" class="main" data-roll-back disabled=${busy || !live.data?.diffToNow} onClick=${rollBack}>Roll back to this version</button>`}
    </div>
  <//>`;
}
