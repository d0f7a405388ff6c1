// The YAML editor and the YAML reader that keeps comments; only the configuration pages load this.
export { EditorState, Compartment, StateEffect, StateField, RangeSetBuilder } from '@codemirror/state';
export {
  EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, drawSelection, highlightSpecialChars, placeholder,
} from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
export { yaml } from '@codemirror/lang-yaml';
export {
  HighlightStyle, syntaxHighlighting, indentOnInput, bracketMatching, foldGutter, foldKeymap, indentUnit,
} from '@codemirror/language';
export { autocompletion, completionKeymap, startCompletion } from '@codemirror/autocomplete';
export { setDiagnostics, lintGutter, lintKeymap, linter, forceLinting } from '@codemirror/lint';
export { searchKeymap, highlightSelectionMatches } from '@codemirror/search';
export { tags } from '@lezer/highlight';
export { parseDocument, parseAllDocuments, stringify, isMap, isSeq } from 'yaml';
