import { html, useEffect, useRef } from '../lib/preact.js';
import * as cm from '../lib/editor.js';
import { fieldsOf, nested, shapeAt, wholeShape, wordsOf } from './shapes.js';
import { where } from './where.js';

const COLOURS = cm.HighlightStyle.define([
  { tag: cm.tags.definition(cm.tags.propertyName), color: 'var(--accent)' },
  { tag: cm.tags.propertyName, color: 'var(--accent)' },
  { tag: [cm.tags.string, cm.tags.content], color: 'var(--text)' },
  { tag: [cm.tags.number, cm.tags.bool, cm.tags.null], color: 'var(--ok)' },
  { tag: cm.tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [cm.tags.punctuation, cm.tags.separator, cm.tags.squareBracket, cm.tags.brace], color: 'var(--faint)' },
  { tag: cm.tags.meta, color: 'var(--faint)' },
]);

const LOOK = cm.EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: '13.5px', height: '100%' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace", lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '10px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--faint)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--line-strong)', borderRadius: '8px', overflow: 'hidden' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.7', fontStyle: 'normal' },
  '.cm-diagnostic': { whiteSpace: 'pre-wrap', maxWidth: '36rem', fontFamily: 'system-ui, sans-serif' },
  // Its own are pictures in data URLs, which the page's policy keeps out.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)', textUnderlineOffset: '3px' },
  '.cm-lint-marker': { width: '1.1em', height: '1.2em', textAlign: 'center', fontWeight: '700' },
  '.cm-lint-marker-error': { content: 'normal', color: 'var(--bad)' },
  '.cm-lint-marker-error::before': { content: '"✕"' },
  '.cm-lint-marker-warning': { content: 'normal', color: 'var(--warn)' },
  '.cm-lint-marker-warning::before': { content: '"▲"' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
});

/**
 * An editor of YAML with what the server knows of its fields. It lives in a shadow root, where styles made by scripts are adopted as sheets
 * and need no exception from the page's content security policy. `written` counts the texts that come from elsewhere than the keyboard: only
 * those are taken over, since what is typed is ahead of `text`.
 * @param {{text: string, written: number, kinds: any, readOnly: boolean, problems: any[], onChange: (text: string) => void, onSave: () => void, label: string}} props
 */
export function Editor({ text, written, kinds, readOnly, problems, onChange, onSave, label }) {
  const host = useRef(null);
  const view = useRef(null);
  const current = useRef({ kinds, onChange, onSave, quiet: false });
  Object.assign(current.current, { kinds, onChange, onSave });

  useEffect(() => {
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    view.current = new cm.EditorView({
      root,
      parent: root,
      state: cm.EditorState.create({ doc: text, extensions: extensions(readOnly, label, current) }),
    });
    // The frame of the editor has to fill its host, which no sheet of the page can tell it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':host { display: block; height: 100%; } .cm-editor { height: 100%; }');
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => view.current.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== text) {
      current.current.quiet = true;
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
      current.current.quiet = false;
    }
  }, [written]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(cm.setDiagnostics(editor.state, problems.map((problem) => diagnostic(editor.state.doc, problem))));
  }, [problems]);

  return html`<div class="editor" ref=${host}></div>`;
}

function extensions(readOnly, label, current) {
  return [
    cm.lineNumbers(),
    cm.highlightSpecialChars(),
    cm.history(),
    cm.foldGutter(),
    cm.drawSelection(),
    cm.indentUnit.of('  '),
    cm.indentOnInput(),
    cm.bracketMatching(),
    cm.highlightActiveLine(),
    cm.highlightActiveLineGutter(),
    cm.lintGutter(),
    cm.yaml(),
    cm.syntaxHighlighting(COLOURS),
    LOOK,
    cm.EditorState.readOnly.of(readOnly),
    cm.EditorView.contentAttributes.of({ 'aria-label': label }),
    cm.autocompletion({ override: [(context) => complete(context, current.current.kinds)], icons: false }),
    cm.keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => (current.current.onSave(), true) },
      // Tab indents; Escape and then Tab leaves the editor, as everywhere in CodeMirror.
      cm.indentWithTab,
      ...cm.completionKeymap,
      ...cm.defaultKeymap,
      ...cm.historyKeymap,
      ...cm.searchKeymap,
      ...cm.foldKeymap,
      ...cm.lintKeymap,
    ]),
    cm.EditorView.updateListener.of((update) => {
      if (update.docChanged && !current.current.quiet) current.current.onChange(update.state.doc.toString());
    }),
  ];
}

function diagnostic(doc, problem) {
  const line = doc.line(Math.min(Math.max(1, problem.line ?? 1), doc.lines));
  const start = line.from + (line.text.length - line.text.trimStart().length);
  return {
    from: start,
    to: Math.max(start, line.to),
    severity: problem.severity === 'ERROR' ? 'error' : 'warning',
    message: [problem.field && `${problem.field} ${problem.message}`, !problem.field && problem.message, problem.remedy].filter(Boolean).join('\n'),
    source: problem.code,
  };
}

/** Completes kinds, fields and words. */
function complete(context, kinds) {
  if (!kinds) return null;
  const line = context.state.doc.lineAt(context.pos);
  const lines = context.state.doc.toString().split('\n');
  const spot = where(lines, line.number - 1, context.pos - line.from);
  if (!context.explicit && !spot.word) return null;
  const options = optionsAt(lines, spot, kinds);
  return options.length ? { from: line.from + spot.from, options, validFor: /^[\w.*/-]*$/ } : null;
}

/** @param {string[]} lines @param {import('./where.js').Where} spot @param {any} kinds */
export function optionsAt(lines, spot, kinds) {
  const text = lines.join('\n');
  const name = /^kind:\s*["']?(\w+)/m.exec(text)?.[1];
  const group = /^apiVersion:\s*["']?([\w./]+)/m.exec(text)?.[1] ?? '';
  if (spot.value !== null && spot.path.length === 1 && spot.path[0] === 'kind') {
    return kinds.kinds.map((kind) => ({ label: kind.kind, detail: kind.apiVersion }));
  }
  if (spot.value !== null && spot.path.length === 1 && spot.path[0] === 'apiVersion') {
    return [...new Set(kinds.kinds.map((kind) => kind.apiVersion))].map((label) => ({ label }));
  }
  const kind = kinds.kinds.find((known) => known.kind === name && (!group || group === known.apiVersion || known.versions.some((version) => group === (known.group ? `${known.group}/${version}` : version))))
    ?? kinds.kinds.find((known) => known.kind === name);
  if (!kind) {
    return spot.value === null && spot.path.length === 0
      ? ['apiVersion', 'kind', 'metadata', 'spec'].map((field) => ({ label: field, apply: `${field}: ` }))
      : [];
  }
  const whole = wholeShape(kind, kinds.metadata);
  const shape = shapeAt(whole, spot.path);
  if (spot.value !== null) return wordsOf(shape).map((label) => ({ label, type: 'enum' }));
  return fieldsOf(shape, whole.shapes)
    .filter((field) => !spot.siblings.includes(field.name))
    .map((field) => ({
      label: field.name,
      detail: field.required ? `${field.type}, required` : field.type,
      apply: nested(field.type) ? `${field.name}:` : `${field.name}: `,
      boost: field.required ? 1 : 0,
    }));
}
