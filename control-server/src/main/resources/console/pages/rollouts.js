import { html, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { count, latency, percent } from '../base/format.js';
import { useLive } from '../base/live.js';
import { preferences } from '../base/preferences.js';
import { may } from '../base/session.js';
import { useStore } from '../base/store.js';
import { Age, Await, Badge, Box, Dialog, Empty, Head, Note, Problem } from '../ui/parts.js';
import { Table } from '../ui/table.js';
import { linkTo } from './configuration.js';

const TONES = { Pending: 'none', Progressing: 'ok', Paused: 'warn', Promoted: 'ok', RolledBack: 'bad', Failed: 'bad' };
const OVER = ['Promoted', 'RolledBack', 'Failed'];
const VERDICTS = { GOOD: ['ok', 'good'], BAD: ['bad', 'bad'], INCONCLUSIVE: ['none', 'too little to tell'] };

/** What may be said to a rollout: when, and whether it is asked once more. */
const WORDS = [
  { word: 'resume', title: 'Resume', main: true, fits: (phase) => phase === 'Paused' },
  { word: 'pause', title: 'Pause', fits: (phase) => phase === 'Progressing' },
  { word: 'promote', title: 'Promote', fits: (phase) => phase === 'Progressing' || phase === 'Paused', ask: 'The new version gets all requests now, without further steps or analyses.' },
  { word: 'abort', title: 'Abort', danger: true, fits: (phase) => !['Promoted', 'RolledBack'].includes(phase), ask: 'The weights of before the rollout are put back now.' },
  { word: 'retry', title: 'Retry', fits: (phase) => OVER.includes(phase), ask: 'The rollout begins anew with its first step.' },
];

/** New versions on their way. */
export function Rollouts() {
  const { namespace } = useStore(preferences);
  const live = useLive(withQuery('/inmesh/v1/rollouts', { namespace }), 2_000);
  return html`<${Head} title="Rollouts" sub="New versions on their way: what they have reached, how they do, and what comes next." />
    <${Await} live=${live}>${({ items }) => (items.length === 0
      ? html`<${Box}><${Empty} title="There are no rollouts.">Apply a <code>Rollout</code>: it gives a new version its requests step by step, and takes them back if it fails.<//><//>`
      : sorted(items).map((rollout) => html`<${Rollout} key=${`${rollout.namespace}/${rollout.name}`} rollout=${rollout} refresh=${live.refresh} />`))}<//>`;
}

/** Those that go on first, then the latest. */
const sorted = (items) => [...items].sort((a, b) => OVER.includes(phaseOf(a)) - OVER.includes(phaseOf(b)) || (b.status?.since ?? '').localeCompare(a.status?.since ?? ''));

const phaseOf = (rollout) => rollout.status?.phase ?? 'Pending';

function Rollout({ rollout, refresh }) {
  const { name, namespace, spec, status = {} } = rollout;
  const phase = phaseOf(rollout);
  const { analysis } = status;
  const target = spec.target;
  return html`<${Box} title=${html`<a href=${linkTo({ group: 'inmesh.io', plural: 'rollouts', namespace, name })}>${name}</a>`}
      tools=${html`<${Badge} tone=${TONES[phase]}>${phase === 'RolledBack' ? 'Rolled back' : phase}<//><span>since <${Age} time=${status.since} /></span>`}>
    <div class="rollout" data-rollout=${name} data-phase=${phase}>
      <p>${status.reason ?? 'It has not been looked at yet.'}</p>
      <${Steps} spec=${spec} status=${status} phase=${phase} />
      ${analysis && html`<${Analysis} analysis=${analysis} spec=${spec} weights=${status.weights} failed=${status.failedAnalyses} />`}
      <div class="rollout-foot">
        <span class="faint">${target.kind} ${namespace}/${target.name}${target.route && `, route ${target.route}`}</span>
        ${may('editor', namespace) && html`<${Words} rollout=${rollout} phase=${phase} refresh=${refresh} />`}
      </div>
    </div><//>`;
}

/** The steps side by side, the last one being the promotion: passed, present, to come. */
function Steps({ spec, status, phase }) {
  const at = phase === 'Promoted' ? spec.steps.length + 1 : (status.step ?? 0) - 1;
  const steps = [...spec.steps.map((step) => (step.weight ? [`${step.weight}%`, step.wait ?? ''] : ['gate', 'by hand'])), ['100%', 'promoted']];
  return html`<ol class="stages" aria-label="Steps">${steps.map(([title, sub], index) => {
    const state = index < at ? 'done' : index === at && !OVER.includes(phase) ? 'now' : 'ahead';
    const stopped = index === at && (phase === 'RolledBack' || phase === 'Failed') ? ' stopped' : '';
    return html`<li class=${state + stopped} aria-current=${state === 'now' ? 'step' : undefined}><strong>${title}</strong><small>${sub}</small>
      <span class="hidden">${stopped ? 'stopped here' : { done: 'passed', now: 'now', ahead: 'to come' }[state]}</span></li>`;
  })}</ol>`;
}

function Analysis({ analysis, spec, weights, failed }) {
  const [tone, word] = VERDICTS[analysis.verdict];
  const rows = [
    { version: spec.stable.subset ?? spec.stable.host, role: 'stable', weight: weights?.stable, ...analysis.stable },
    { version: spec.canary.subset ?? spec.canary.host, role: 'canary', weight: weights?.canary, ...analysis.canary },
  ];
  const all = (weights?.stable ?? 0) + (weights?.canary ?? 0);
  const percentile = spec.analysis.latency?.percentile;
  return html`<div class="row"><${Badge} tone=${tone}>${word}<//><span>${analysis.reason}</span>
      <small class="faint"><${Age} time=${analysis.time} /> ago${failed > 0 && `, ${count(failed, 'failed analysis', 'failed analyses')} of this step`}</small></div>
    <${Table} label="Stable and canary" rows=${rows} id=${(row) => row.role} empty="" columns=${[
      { title: 'Version', show: (row) => html`<span class="row"><strong>${row.version}</strong><small>${row.role}</small></span>` },
      { title: 'Weight', align: 'right', show: (row) => (all ? percent(row.weight / all) : '–') },
      { title: 'Requests', align: 'right', show: (row) => row.requests },
      { title: 'Failed', align: 'right', show: (row) => row.failed },
      { title: 'Errors', align: 'right', show: (row) => (row.requests ? percent(row.failed / row.requests) : '–') },
      ...(percentile ? [{ title: `p${percentile}`, align: 'right', show: (row) => latency(row.millis) }] : []),
    ]} />`;
}

function Words({ rollout, phase, refresh }) {
  const [asked, setAsked] = useState(null);
  const [failure, setFailure] = useState(null);
  async function tell(word) {
    setAsked(null);
    try {
      await call('POST', `/inmesh/v1/rollouts/${encodeURIComponent(rollout.namespace)}/${encodeURIComponent(rollout.name)}/${word}`, { body: {} });
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
    refresh();
  }
  const words = WORDS.filter(({ fits }) => fits(phase));
  return html`<div class="buttons">${words.map((one) => html`<button type="button" data-word=${one.word} class=${one.main ? 'main' : ''} onClick=${() => (one.ask ? setAsked(one) : tell(one.word))}>${one.title}</button>`)}</div>
    ${failure && html`<${Problem} error=${failure} />`}
    ${asked && html`<${Dialog} title=${`${asked.title} ${rollout.name}?`} onClose=${() => setAsked(null)}>
      <p>${asked.ask}</p>
      ${rollout.status?.hold === 'WEIGHTS_CHANGED' && html`<${Note} tone="warn">Somebody else has set the weights; this writes over them.<//>`}
      <div class="buttons"><button type="button" onClick=${() => setAsked(null)}>Cancel</button>
        <button type="button" class=${asked.danger ? 'danger' : 'main'} data-confirm onClick=${() => tell(asked.word)}>${asked.title}</button></div>
    <//>`}`;
}
