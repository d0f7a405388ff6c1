import { html } from '../lib/preact.js';

/** Paths of icons on a grid of 24, drawn with a stroke of the text's colour. */
const PATHS = {
  graph: 'M6 6.5a2.5 2.5 0 1 0 0-.01M18 12a2.5 2.5 0 1 0 0-.01M6 17.5a2.5 2.5 0 1 0 0-.01M8.3 7.4l7.4 3.5M8.3 16.6l7.4-3.5',
  services: 'M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.01M7.5 16.5h.01M11 7.5h6M11 16.5h6',
  requests: 'M4 7h11M11 3l4 4-4 4M20 17H9M13 13l-4 4 4 4',
  config: 'M14 3H6v18h12V7zM14 3v4h4M9 12h6M9 16h6',
  rollouts: 'M4 19h4v-5h5V9h5V5M15 7.5L18 4.5l3 3',
  security: 'M12 3l7 3v5c0 4.5-3 8.2-7 10-4-1.8-7-5.5-7-10V6zM9 12l2 2 4-4',
  mesh: 'M3 12h4l2.5-6 4 12 2.5-6h5',
  lock: 'M7 11h10v9H7zM9 11V8a3 3 0 0 1 6 0v3',
  unlock: 'M7 11h10v9H7zM9 11V8a3 3 0 0 1 5.8-1',
  ok: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 4l9 16H3zM12 10v4M12 17.2v.01',
  bad: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  none: 'M6 12h12',
  sun: 'M12 8a4 4 0 1 0 .01 0M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  auto: 'M12 4a8 8 0 1 0 .01 0M12 4v16M12 8l6.5 0M12 12h8M12 16h6.5',
  out: 'M14 4h5v16h-5M4 12h11M11 8l4 4-4 4',
  pause: 'M9 5v14M15 5v14',
  play: 'M8 5l11 7-11 7z',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M10.5 4a6.5 6.5 0 1 0 .01 0M15.3 15.3L20 20',
  plus: 'M12 5v14M5 12h14',
  retry: 'M19 12a7 7 0 1 1-2.1-5M19 4v4h-4',
  right: 'M9 5l7 7-7 7',
  outside: 'M4 12a8 8 0 1 0 16 0 8 8 0 0 0-16 0M4 12h16M12 4c3 3 3 13 0 16M12 4c-3 3-3 13 0 16',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  keyboard: 'M3 7h18v10H3zM7 10h.01M10.5 10h.01M14 10h.01M17.5 10h.01M8 14h8',
  history: 'M4 12a8 8 0 1 0 2.4-5.7M4 4v4h4M12 8v4l3 2',
};

/** An icon that stands beside a text; it says nothing to screen readers. @param {{name: keyof typeof PATHS, size?: number}} props */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}
