import { html, useEffect, useMemo, useRef, useState } from '../lib/preact.js';
import { latency, number, percent } from '../base/format.js';
import { Icon } from '../ui/icons.js';
import { CARD_WIDTH, HEADER_HEIGHT, ROW_HEIGHT, heightOf, placesOf, shapeOf } from './layout.js';
import { HEALTHS } from './model.js';

const SIGNS = { idle: '·', healthy: '✓', degraded: '▲', failing: '✕' };
const ZOOM_STEP = 1.25;
const LETTER_WIDTH = 6.5;
const BOLD_LETTER_WIDTH = 7;
const LOCKED = 'M6 11h12v10H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11';
const UNLOCKED = 'M6 11h12v10H6zM8.5 11V7.5a3.5 3.5 0 0 1 6.8-1';

/** Shares are rounded by the server; from here on it is all of it. */
export const ALL = 0.9995;

/**
 * The graph as a picture. Cards keep their places as long as the same ones are there.
 * @param {{model: {cards: any[], links: any[]}, selected: string, marked: Set<string> | null, onSelect: (id: string) => void}} props
 */
export function Picture({ model, selected, marked, onSelect }) {
  const shape = shapeOf(model);
  const places = useMemo(() => placesOf(model), [shape]);
  const frame = useRef(null);
  const [view, setView] = useState(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setSize({ width: contentRect.width, height: contentRect.height }));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const { x, y, scale } = view ?? fit(places, size);
  const zoom = (factor) => setView(around({ x, y, scale }, size.width / 2, size.height / 2, factor));
  const drag = useDrag({ x, y, scale }, setView);

  // Not as a property: listeners for wheels are passive there, and the page would scroll with the picture.
  useEffect(() => {
    const element = frame.current;
    function wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      setView(around({ x, y, scale }, event.clientX - box.left, event.clientY - box.top, event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [x, y, scale]);

  const dim = (ids) => (marked && !ids.some((id) => marked.has(id)) ? 'dim' : '');
  return html`<div class="picture" ref=${frame} ...${drag}>
    <svg width="100%" height="100%" role="group" aria-label="Service graph; the same is in the table">
      <defs>${Object.keys(SIGNS).map((health) => html`<marker id=${`arrow-${health}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
        <path d="M0,0.8 7.4,4 0,7.2z" class=${`arrow ${health}`} /></marker>`)}</defs>
      <g class="world" style=${{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
        ${model.links.map((link) => html`<${Line} key=${`line ${link.id}`} link=${link} place=${places.links.get(link.id)} selected=${selected === link.id} dim=${dim([link.fromCard, link.toCard])} onSelect=${onSelect} />`)}
        ${model.cards.map((card) => html`<${Card} key=${`card ${card.id}`} card=${card} place=${places.cards.get(card.id)} selected=${selected} dim=${dim([card.id])} onSelect=${onSelect} />`)}
        ${model.links.map((link) => html`<${Label} key=${`label ${link.id}`} link=${link} place=${places.links.get(link.id)} selected=${selected === link.id} dim=${dim([link.fromCard, link.toCard])} onSelect=${onSelect} />`)}
      </g>
    </svg>
    <div class="zoom">
      <button type="button" aria-label="Larger" title="Larger (Ctrl and wheel)" onClick=${() => zoom(ZOOM_STEP)}><${Icon} name="plus" size=${16} /></button>
      <button type="button" aria-label="Smaller" title="Smaller" onClick=${() => zoom(1 / ZOOM_STEP)}><${Icon} name="none" size=${16} /></button>
      <button type="button" aria-label="Show all" title="Show all" onClick=${() => setView(null)}><${Icon} name="fit" size=${16} /></button>
    </div>
  </div>`;
}

/** All of it in the middle, hardly larger than life. */
function fit(places, size) {
  if (!size.width) return { x: 0, y: 0, scale: 1 };
  const scale = Math.min(1.25, size.width / places.width, size.height / places.height);
  return { x: (size.width - places.width * scale) / 2, y: Math.max(0, (size.height - places.height * scale) / 2), scale };
}

function around({ x, y, scale }, px, py, factor) {
  const next = Math.min(3, Math.max(0.1, scale * factor));
  return { x: px - ((px - x) * next) / scale, y: py - ((py - y) * next) / scale, scale: next };
}

function useDrag(view, setView) {
  const start = useRef(null);
  return {
    onPointerDown: (event) => {
      if (event.button === 0 && !event.target.closest('.picks, .zoom')) {
        start.current = { px: event.clientX, py: event.clientY, ...view };
        event.currentTarget.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove: (event) => {
      const from = start.current;
      if (from) setView({ x: from.x + event.clientX - from.px, y: from.y + event.clientY - from.py, scale: from.scale });
    },
    onPointerUp: () => { start.current = null; },
  };
}

/** What makes a part of the picture a button, for the mouse and for the keyboard. */
const pick = (label, id, onSelect, pressed) => ({
  tabindex: 0,
  role: 'button',
  'aria-label': label,
  'aria-pressed': pressed,
  onClick: () => onSelect(id),
  onKeyDown: (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect(id);
    }
  },
});

/** A line that gets another way is drawn anew, since it cannot glide there with the cards. */
const Line = ({ link, place, selected, dim, onSelect }) => html`<g key=${place.path} class=${`line picks ${link.health} ${dim} ${selected ? 'selected' : ''}`} onClick=${() => onSelect(link.id)}>
  <path class="grip" d=${place.path} /><path class="stroke" d=${place.path} marker-end=${`url(#arrow-${link.health})`} />
</g>`;

function Label({ link, place, selected, dim, onSelect }) {
  const text = wordsOf(link);
  const letter = link.health === 'degraded' || link.health === 'failing' ? BOLD_LETTER_WIDTH : LETTER_WIDTH;
  const width = text.length * letter + (link.mtls === null ? 14 : 30);
  return html`<g class=${`label picks ${link.health} ${dim} ${selected ? 'selected' : ''}`} data-link=${link.id} data-health=${link.health} style=${{ transform: `translate(${place.x}px, ${place.y}px)` }}
    ...${pick(spoken(link), link.id, onSelect, selected)}>
    <title>${spoken(link)}</title>
    <rect x=${-width / 2} y="-10" width=${width} height="20" rx="10" />
    ${link.mtls !== null && html`<path class=${link.mtls >= ALL ? 'lock' : 'lock open'} transform=${`translate(${-width / 2 + 5}, -8) scale(0.62)`} d=${link.mtls >= ALL ? LOCKED : UNLOCKED} />`}
    <text x=${link.mtls === null ? 0 : 8} y="4" text-anchor="middle">${text}</text>
  </g>`;
}

/** What a link's label shows: its rate, and of the rest what is worth seeing. */
function wordsOf(link) {
  const sign = link.health === 'degraded' || link.health === 'failing' ? `${SIGNS[link.health]} ` : '';
  const errors = link.errors > 0 ? ` ${percent(link.errors)} err` : '';
  const time = link.errors > 0 || link.p95 === null ? '' : ` · ${latency(link.p95)}`;
  const retries = link.errors === 0 && link.retries >= 0.001 ? ` ↻${percent(link.retries)}` : '';
  return `${sign}${number(link.rps)}/s${errors}${time}${retries}`;
}

function spoken(link) {
  const [from, to] = [link.from, link.to].map((id) => id.replace(/^[\w-]+:/, ''));
  const security = link.mtls === null ? '' : link.mtls >= ALL ? ', mutual TLS' : `, ${percent(link.mtls)} over mutual TLS`;
  return `${from} calls ${to}: ${HEALTHS[link.health].text}, ${number(link.rps)} calls per second, ${percent(link.errors)} errors, 95th percentile ${latency(link.p95)}${security}`;
}

function Card({ card, place, selected, dim, onSelect }) {
  const height = heightOf(card);
  const own = card.rows.length === 1 && card.rows[0].id === card.id;
  return html`<g class=${`card ${card.health} ${dim} ${card.outside ? 'outside' : ''}`} data-card=${card.title} style=${{ transform: `translate(${place.x}px, ${place.y}px)` }}>
    <g class=${`picks ${selected === card.id ? 'selected' : ''}`} ...${pick(`${card.title}, ${HEALTHS[card.health].text}`, card.id, onSelect, selected === card.id)}>
      <title>${card.title}${card.namespace && ` in ${card.namespace}`}</title>
      <rect class="body" width=${CARD_WIDTH} height=${height} rx="9" />
      <rect class=${`bar ${card.health}`} width="5" height=${height - 12} x="0" y="6" rx="2.5" />
      <text class=${`sign ${card.health}`} x="15" y="22">${SIGNS[card.health]}</text>
      <text class="title" x="31" y="22">${cut(card.title, card.namespace ? 13 : 17)}</text>
      ${card.namespace && html`<text class="ns" x=${CARD_WIDTH - 10} y="22" text-anchor="end">${cut(card.namespace, 8)}</text>`}
    </g>
    ${card.rows.map((row, at) => html`<g key=${row.id} class=${own ? 'version' : `version picks ${selected === row.id ? 'selected' : ''}`} style=${{ transform: `translate(0px, ${HEADER_HEIGHT + at * ROW_HEIGHT}px)` }}
        ...${own ? {} : pick(`${card.title} ${row.label}, ${HEALTHS[row.health].text}`, row.id, onSelect, selected === row.id)}>
      <rect class="slot" x="11" y="1" width=${CARD_WIDTH - 20} height=${ROW_HEIGHT - 3} rx="5" />
      <text class=${`sign ${row.health}`} x="17" y="18">${SIGNS[row.health]}</text>
      <text x="32" y="18">${cut(row.label, 17)}</text>
      ${row.node.endpoints > 0 && html`<text class="ns" x=${CARD_WIDTH - 15} y="18" text-anchor="end">×${row.node.endpoints}</text>`}
    </g>`)}
  </g>`;
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
