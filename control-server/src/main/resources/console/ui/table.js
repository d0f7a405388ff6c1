import { html, useState } from '../lib/preact.js';
import { Empty } from './parts.js';

/**
 * A column.
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: T) => any} show
 * @property {(row: T) => string | number} [sort] by what it is sorted; without it, it is not
 * @property {'right'} [align]
 * @property {string} [width] a class: narrow, wide
 */

/**
 * A table that can be sorted. Rows with a link open by click or Enter; every row is reached by the keyboard through that link. Where the
 * window is narrow each row is a card with a title for each cell, and the titles that sort stand above; roles are spelt out, since browsers
 * forget them where a style sheet makes something else of a table.
 * @template T
 * @param {{rows: T[], columns: Column<T>[], id: (row: T) => string, label: string, empty: any, link?: (row: T) => string, first?: number}} props
 */
export function Table({ rows, columns, id, label, empty, link, first = -1 }) {
  const [order, setOrder] = useState({ column: first, down: false });
  const by = columns[order.column]?.sort;
  const sorted = by ? [...rows].sort((a, b) => compare(by(a), by(b)) * (order.down ? -1 : 1)) : rows;
  if (rows.length === 0) {
    return typeof empty === 'string' ? html`<${Empty} title=${empty} />` : empty;
  }
  return html`<div class="scroll"><table class="rows" role="table" aria-label=${label}>
    <thead role="rowgroup"><tr role="row">${columns.map((column, at) => html`<th scope="col" role="columnheader" class=${classes(column)} aria-sort=${order.column === at ? (order.down ? 'descending' : 'ascending') : undefined}>
      ${column.sort
        ? html`<button type="button" class="sort" onClick=${() => setOrder({ column: at, down: order.column === at && !order.down })}>
            ${column.title}<span class="arrow" aria-hidden="true">${order.column === at ? (order.down ? '▾' : '▴') : ''}</span></button>`
        : column.title}</th>`)}</tr></thead>
    <tbody role="rowgroup">${sorted.map((row) => html`<tr role="row" key=${id(row)} class=${link ? 'open' : ''} onClick=${link && ((event) => follow(event, link(row)))}>
      ${columns.map((column, at) => html`<td role="cell" data-title=${column.title} class=${classes(column)}>${at === 0 && link ? html`<a href=${link(row)}>${column.show(row)}</a>` : column.show(row)}</td>`)}
    </tr>`)}</tbody>
  </table></div>`;
}

const classes = (column) => [column.align, column.width].filter(Boolean).join(' ');

function compare(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** A click anywhere in a row follows its link, unless it was on something of its own, or marks text. */
function follow(event, target) {
  if (event.target.closest('a, button, input') || getSelection()?.toString()) return;
  location.hash = target;
}
