import { html, useEffect, useState } from '../lib/preact.js';
import { ApiError, call, withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { Chip, Dialog, Loading, Note, Problem } from '../ui/parts.js';
import { Diff } from './diff.js';

const VERBS = { created: 'New:', configured: 'Changes:', unchanged: 'Stays as it is:' };

/**
 * What a change would do, before it is made.
 * @param {{text: string, namespace: string, onApply: () => Promise<void>, onClose: () => void, onReload: () => void}} props
 */
export function Review({ text, namespace, onApply, onClose, onReload }) {
  const [plan, setPlan] = useState(null);
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    call('POST', withQuery('/inmesh/v1/diff', { namespace }), { yaml: text, accept: [422] }).then(setPlan, setFailure);
  }, []);

  async function apply() {
    setBusy(true);
    try {
      await onApply();
    } catch (error) {
      setFailure(error instanceof ApiError ? error : new ApiError(0, String(error)));
      setBusy(false);
    }
  }

  const errors = (plan?.problems ?? []).filter(({ severity }) => severity === 'ERROR');
  const changes = plan?.changes ?? [];
  const same = plan && changes.every(({ verb }) => verb === 'unchanged');
  return html`<${Dialog} wide title="Review the change" onClose=${onClose}>
    ${!plan && !failure && html`<${Loading} />`}
    ${failure && (failure.status === 409
      ? html`<${Note} tone="bad"><strong>Somebody else has changed it meanwhile.</strong> Nothing was written. ${failure.message}<//>
          <div class="buttons"><button type="button" onClick=${onReload}>Show theirs and put mine on top</button></div>`
      : html`<${Problem} error=${failure} />`)}
    ${plan && html`
      ${plan.message && html`<${Note} tone="bad">${plan.message}<//>`}
      ${(plan.problems ?? []).map((problem) => html`<${Note} tone=${problem.severity === 'ERROR' ? 'bad' : 'warn'}>
        <strong class="mono">${problem.field}</strong> ${problem.message}${problem.remedy && html` – ${problem.remedy}`}<//>`)}
      ${changes.map((change) => html`<section><h3>${VERBS[change.verb] ?? change.verb} <span class="mono">${change.reference}</span></h3><${Diff} text=${change.diff} empty="This is what the server has already." /></section>`)}
      ${plan.accepted && !same && html`<${Affected} plan=${plan} />`}
      <div class="buttons">
        <button type="button" onClick=${onClose}>Go on editing</button>
        <button type="button" class="main" data-apply disabled=${busy || same || !plan.accepted || errors.length > 0 || failure?.status === 409} onClick=${apply}>${busy ? 'Applying …' : 'Apply'}</button>
      </div>`}
  <//>`;
}

/** Which processes would be sent something else. @param {{plan: any}} props */
export function Affected({ plan }) {
  const affected = plan.affected ?? [];
  const elsewhere = plan.affectedElsewhere ?? 0;
  const unknown = plan.affectedUnknown ?? 0;
  const total = affected.length + elsewhere;
  return html`<section class="affected"><h3>${total === 0 ? unknown > 0 || plan.silentServerCount > 0 ? 'No process that could be asked is sent anything else.' : 'No connected process is sent anything else.' : `${count(total, 'process', 'processes')} will be sent something else`}</h3>
    ${affected.length > 0 && html`<ul>${affected.map((process) => html`<li><strong>${process.name}</strong> <span class="faint">${process.namespace}</span>
      <span class="row">${process.resources.slice(0, 6).map((moved) => html`<${Chip} title=${`${moved.change.toLowerCase()} ${moved.type} ${moved.name}`}>${moved.type} ${moved.name}<//>`)}
        ${process.resources.length > 6 && html`<span class="faint">+${process.resources.length - 6}</span>`}</span></li>`)}</ul>`}
    ${elsewhere > 0 && html`<p class="faint">${count(elsewhere, 'process', 'processes')} of namespaces that you may not look at.</p>`}
    ${unknown > 0 && html`<p class="faint">${count(unknown, 'process', 'processes')} too busy to tell, or known to a control server that has not answered: whether affected is not known.</p>`}
    ${plan.silentServerCount > 0 && html`<p class="faint">${count(plan.silentServerCount, 'control server')} not heard: whether its processes are affected is not known.</p>`}
  </section>`;
}
