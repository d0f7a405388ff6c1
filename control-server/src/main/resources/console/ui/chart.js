import { html, useState } from '../lib/preact.js';
import { Empty } from './parts.js';

const WIDTH = 340;
const HEIGHT = 96;
const LEFT = 40;
const BOTTOM = 16;
const TOP = 6;

/**
 * Lines over time. Where there is no value a line has a gap.
 * @param {{title: string, points: {time: number}[], lines: {name: string, tone: string, value: (point: any) => number | null}[], show: (value: number) => string}} props
 */
export function Chart({ title, points, lines, show }) {
  const [at, setAt] = useState(-1);
  const values = points.flatMap((point) => lines.map(({ value }) => value(point))).filter((value) => value !== null && Number.isFinite(value));
  if (points.length < 2 || values.length === 0) {
    return html`<figure class="chart"><figcaption>${title}</figcaption><${Empty} title="No figures yet." /></figure>`;
  }
  const most = nice(Math.max(...values));
  const [first, last] = [points[0].time, points.at(-1).time];
  const x = (time) => LEFT + ((time - first) / Math.max(1, last - first)) * (WIDTH - LEFT - 4);
  const y = (value) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM);
  const shown = points[at] ?? points.at(-1);

  function move(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const time = first + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - 4) * (last - first);
    setAt(points.reduce((best, point, index) => (Math.abs(point.time - time) < Math.abs(points[best].time - time) ? index : best), 0));
  }

  return html`<figure class="chart">
    <figcaption>${title}<span class="faint">${new Date(shown.time).toLocaleTimeString()}</span></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${`${title}, last: ${lines.map(({ name, value }) => `${name} ${said(value(points.at(-1)), show)}`).join(', ')}`}
      onPointerMove=${move} onPointerLeave=${() => setAt(-1)}>
      ${[0, 0.5, 1].map((part) => html`<line class="grid" x1=${LEFT} x2=${WIDTH} y1=${y(most * part)} y2=${y(most * part)} />
        <text class="tick" x=${LEFT - 5} y=${y(most * part) + 3} text-anchor="end">${show(most * part)}</text>`)}
      <text class="tick" x=${LEFT} y=${HEIGHT - 3}>${clock(first)}</text><text class="tick" x=${WIDTH} y=${HEIGHT - 3} text-anchor="end">${clock(last)}</text>
      ${lines.map(({ tone, value }) => html`<path class=${`series ${tone}`} d=${path(points, value, x, y)} />`)}
      ${at >= 0 && html`<line class="cursor" x1=${x(shown.time)} x2=${x(shown.time)} y1=${TOP} y2=${HEIGHT - BOTTOM} />`}
    </svg>
    <div class="legend">${lines.map(({ name, tone, value }) => html`<span><i class=${tone}></i>${name} <strong>${said(value(shown), show)}</strong></span>`)}</div>
  </figure>`;
}

const said = (value, show) => (value === null || value === undefined || !Number.isFinite(value) ? '–' : show(value));
const clock = (time) => new Date(time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

function path(points, value, x, y) {
  let drawn = '';
  let pen = false;
  for (const point of points) {
    const one = value(point);
    if (one === null || one === undefined || !Number.isFinite(one)) {
      pen = false;
      continue;
    }
    drawn += `${pen ? 'L' : 'M'}${x(point.time).toFixed(1)},${y(one).toFixed(1)}`;
    pen = true;
  }
  return drawn;
}

/** The next round number. */
function nice(value) {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * unit).find((step) => step >= value) ?? value;
}
