import { html, useEffect, useMemo, useRef, useState } from '../lib/preact.js';
import { call, withQuery } from '../base/api.js';
import { count } from '../base/format.js';
import { useLive } from '../base/live.js';
import { go, leaving, refine } from '../base/route.js';
import { may } from '../base/session.js';
import { Age, Badge, Box, Dialog, Empty, Head, Loading, Note, Problem, Tabs } from '../ui/parts.js';
import { Editor } from './editor.js';
import { FORMS } from './forms.js';
import { History } from './history.js';
import { pathOf } from './paths.js';
import { Review } from './review.js';
import { bodyOf, textOf, withVersion } from './text.js';

const ANALYSIS_PAUSE_MILLIS = 350;

/** One resource that the server has. @param {{id: {group: string, plural: string, namespace: string, name: string}, query: Record<string, string>}} props */
export function Resource({ id, query }) {
  const kinds = useLive('/inmesh/v1/kinds', 600_000);
  const kind = kinds.data?.kinds.find((candidate) => candidate.group === id.group && candidate.plural === id.plural);
  const live = useLive(kind ? pathOf(kind, id.namespace, id.name) : null);
  if (kinds.error) return html`<${Problem} error=${kinds.error} />`;
  if (kinds.data && !kind) return html`<${Empty} title=${`There is no kind ${id.plural}.`} />`;
  if (live.error?.status === 404 && !live.data) {
    return html`<${Head} title=${id.name} sub=${html`<a href="#/config">Configuration</a> / ${id.plural}`} />
      <${Box}><${Empty} title="It does not exist (any more)."><a href="#/config">All configuration</a><//><//>`;
  }
  if (!live.data) return live.error ? html`<${Problem} error=${live.error} />` : html`<${Loading} />`;
  return html`<${Workbench} kinds=${kinds.data} kind=${kind} live=${live.data} gone=${live.error?.status === 404} tab=${query.tab} refresh=${live.refresh} />`;
}

/**
 * Editor, forms, findings and history of a resource, new or not.
 * @param {{kinds: any, kind: any, live: any | null, gone?: boolean, draft?: string, tab?: string, refresh: () => void}} props
 */
export function Workbench({ kinds, kind, live, gone, draft, tab, refresh }) {
  const [base, setBase] = useState(live);
  const [text, setText] = useState(() => draft ?? textOf(live));
  const [written, setWritten] = useState(0);
  const [reviewing, setReviewing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [applied, setApplied] = useState('');
  const body = useMemo(() => bodyOf(text), [text]);
  const namespace = live?.metadata.namespace ?? body?.metadata?.namespace ?? 'default';
  const file = live?.metadata.annotations?.['inmesh.io/source'];
  const editable = may('editor', namespace) && !file;
  const dirty = editable && text !== (base ? textOf(base) : '');
  const analysis = useAnalysis(text, namespace, editable);
  const newer = live && base && live.metadata.resourceVersion !== base.metadata.resourceVersion;

  // Who has changed nothing sees what is live.
  useEffect(() => {
    if (newer && !dirty) take(live);
  }, [newer]);
  useEffect(() => {
    leaving.ask = dirty ? () => confirm('Leave this page? Your changes are not applied.') : null;
    const warn = (event) => dirty && event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => {
      leaving.ask = null;
      removeEventListener('beforeunload', warn);
    };
  }, [dirty]);

  function put(next) {
    setText(next);
    setWritten((count) => count + 1);
  }

  function take(body) {
    setBase(body);
    put(textOf(body));
  }

  async function apply() {
    const saved = base
      ? await call('PUT', pathOf(kind, namespace, base.metadata.name), { yaml: withVersion(text, base.metadata.resourceVersion) })
      : await call('POST', pathOf(kind, namespace), { yaml: text });
    setReviewing(false);
    leaving.ask = null;
    if (base) {
      take(saved);
      setApplied(`Version ${saved.metadata.resourceVersion} is live.`);
      refresh();
    } else {
      go(['config', kind.group || 'core', kind.plural, saved.metadata.namespace || '-', saved.metadata.name], { tab });
    }
  }

  /** Whoever discards may leave at once, before effects have run. */
  function discard() {
    leaving.ask = null;
    take(live);
  }

  /** Goes on from the version of somebody else with the user's own text. */
  async function rebase() {
    setBase(await call('GET', pathOf(kind, namespace, base.metadata.name)));
    setReviewing(false);
  }

  const forms = FORMS.filter(({ fits }) => fits(kind));
  const tabs = [{ id: 'yaml', title: 'Findings' }, ...forms, ...(base ? [{ id: 'history', title: 'History' }] : [])];
  const chosen = tabs.some(({ id }) => id === tab) ? tab : 'yaml';
  const form = forms.find(({ id }) => id === chosen);
  const name = base?.metadata.name ?? body?.metadata?.name ?? 'new';
  const errors = analysis.problems.filter(({ severity }) => severity === 'ERROR').length;
  return html`
    <${Head} title=${base ? name : `New ${kind.kind}`} sub=${html`<a href="#/config">Configuration</a> / ${kind.kind} / ${namespace}
        ${base && html` · version ${base.metadata.resourceVersion} · created <${Age} time=${base.metadata.creationTimestamp} /> ago`}`}>
      ${editable && base && !gone && html`<button type="button" class="danger" onClick=${() => setRemoving(true)}>Delete</button>`}
      ${editable && dirty && base && html`<button type="button" onClick=${discard}>Discard</button>`}
      ${editable && html`<button type="button" class="main" data-review disabled=${!dirty || !body || errors > 0} onClick=${() => setReviewing(true)}>Review and apply</button>`}
    <//>
    ${!may('editor', namespace) && html`<${Note} tone="none">You may look at this but not change it: that takes the role editor in ${namespace}.<//>`}
    ${file && html`<${Note} tone="none">It is kept ${file.startsWith('kubernetes:') ? 'by a Kubernetes cluster' : 'in the watched folder'} (<code>${file}</code>); change it there.<//>`}
    ${gone && html`<${Note} tone="bad">Somebody has deleted it. What you see is the last version.<//>`}
    ${newer && dirty && html`<${Note} tone="warn">Somebody has written version ${live.metadata.resourceVersion} meanwhile.
      <button type="button" class="link" onClick=${rebase}>Put my text on top of it</button> or <button type="button" class="link" onClick=${() => take(live)}>take theirs</button>.<//>`}
    ${applied && !dirty && html`<${Note} tone="ok">${applied}<//>`}
    <div class="workbench">
      <section class="box editor-box"><${Editor} text=${text} written=${written} kinds=${kinds} readOnly=${!editable} problems=${analysis.problems} label=${`YAML of ${name}`}
        onChange=${(next) => { setText(next); setApplied(''); }} onSave=${() => dirty && body && errors === 0 && setReviewing(true)} /></section>
      <section class="box side">
        <${Tabs} tabs=${tabs} chosen=${chosen} label="What to do" onChoose=${(id) => refine({ tab: id })} />
        <div class="side-body">
          ${chosen === 'yaml' && html`<${Findings} analysis=${analysis} editable=${editable} />`}
          ${chosen === 'history' && html`<${History} kind=${kind} namespace=${namespace} name=${base.metadata.name} editable=${editable} onRolledBack=${refresh} />`}
          ${form && (body ? html`<${form.view} text=${text} body=${body} namespace=${namespace} editable=${editable} onText=${put} />`
            : html`<${Empty} title="The form needs YAML that can be read.">Mend the text first.<//>`)}
        </div>
      </section>
    </div>
    ${reviewing && html`<${Review} text=${text} namespace=${namespace} onApply=${apply} onClose=${() => setReviewing(false)} onReload=${rebase} />`}
    ${removing && html`<${Removal} kind=${kind} base=${base} namespace=${namespace} onClose=${() => setRemoving(false)} />`}`;
}

/** What the server thinks of a text, a moment after the last key. */
function useAnalysis(text, namespace, editable) {
  const [state, setState] = useState({ problems: [], busy: false });
  const first = useRef(true);
  useEffect(() => {
    if (!editable) return undefined;
    const ended = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    const timer = setTimeout(async () => {
      try {
        const answer = await call('POST', withQuery('/inmesh/v1/apply', { namespace, dryRun: 'true' }), { yaml: text, signal: ended.signal, accept: [422, 400] });
        setState({ problems: answer.problems ?? [unreadable(answer.message)], busy: false });
      } catch (error) {
        if (!ended.signal.aborted) setState({ problems: [{ severity: 'WARNING', field: '', message: `It could not be checked: ${error.message}` }], busy: false });
      }
    }, first.current ? 0 : ANALYSIS_PAUSE_MILLIS);
    first.current = false;
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [text, namespace, editable]);
  return state;
}

/** Text that is no YAML is refused with a message that names the line. */
function unreadable(message = 'The text cannot be read.') {
  return { severity: 'ERROR', field: '', message, line: Number(/line (\d+)/.exec(message)?.[1] ?? 1) };
}

function Findings({ analysis, editable }) {
  if (!editable) return html`<${Empty} title="Findings are shown to those who may change it." />`;
  if (analysis.problems.length === 0) {
    return html`<div class="row"><${Badge} tone=${analysis.busy ? 'none' : 'ok'}>${analysis.busy ? 'checking …' : 'the server finds nothing wrong'}<//></div>`;
  }
  return html`<div class="findings"><p class="faint">${count(analysis.problems.length, 'finding')}</p>
    ${analysis.problems.map((problem) => html`<${Note} tone=${problem.severity === 'ERROR' ? 'bad' : 'warn'}>
      <span class="faint">${problem.line ? `line ${problem.line}` : ''}${problem.line && problem.code ? ' · ' : ''}${problem.code ?? ''}</span><br />
      ${problem.field && html`<strong class="mono">${problem.field}</strong>${' '}`}${problem.message}${problem.remedy && html`<br /><span class="soft">${problem.remedy}</span>`}<//>`)}</div>`;
}

function Removal({ kind, base, namespace, onClose }) {
  const [failure, setFailure] = useState(null);
  async function remove() {
    try {
      await call('DELETE', pathOf(kind, namespace, base.metadata.name), { body: { kind: 'DeleteOptions', preconditions: { resourceVersion: base.metadata.resourceVersion } } });
      leaving.ask = null;
      go(['config']);
    } catch (error) {
      setFailure(error);
    }
  }
  return html`<${Dialog} title=${`Delete ${base.metadata.name}?`} onClose=${onClose}>
    <p>The ${kind.kind} <strong>${base.metadata.name}</strong> of ${namespace} is removed, and what it says holds no more. Its versions are kept for a while, so that it can be brought back.</p>
    ${failure && html`<${Problem} error=${failure} />`}
    <div class="buttons"><button type="button" onClick=${onClose}>Keep it</button><button type="button" class="danger" data-delete onClick=${remove}>Delete</button></div>
  <//>`;
}
