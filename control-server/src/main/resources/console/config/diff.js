import { html } from '../lib/preact.js';
import { Empty } from '../ui/parts.js';

/** A unified diff, told by signs as well as by colours. @param {{text: string, empty?: string}} props */
export function Diff({ text, empty = 'Nothing differs.' }) {
  if (!text) return html`<${Empty} title=${empty} />`;
  return html`<pre class="diff" tabindex="0" aria-label="Differences">${text.replace(/\n$/, '').split('\n').map((line) => html`<span class=${tone(line)}>${line || ' '}${'\n'}</span>`)}</pre>`;
}

function tone(line) {
  if (/^(---|\+\+\+|@@)/.test(line)) return 'mark';
  return line[0] === '+' ? 'plus' : line[0] === '-' ? 'minus' : '';
}
