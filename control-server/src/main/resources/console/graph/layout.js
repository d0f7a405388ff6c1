import { Graph, layout } from '../lib/dagre.js';

export const CARD_WIDTH = 180;
export const HEADER_HEIGHT = 34;
export const ROW_HEIGHT = 28;
const LABEL_HEIGHT = 22;

/** How wide the label of a link may get, so that its place does not depend on its figures. */
export const LABEL_WIDTH = 128;

/** @param {import('./model.js').Card} card */
export const heightOf = (card) => HEADER_HEIGHT + card.rows.length * ROW_HEIGHT + (card.rows.length ? 6 : 0);

/** What the places depend on: as long as it is the same, nothing moves. @param {{cards: any[], links: any[]}} model */
export const shapeOf = ({ cards, links }) => [...cards.map((card) => `${card.id}=${card.rows.map(({ id }) => id)}`), ...links.map(({ id }) => id)].join('\n');

/**
 * Places for cards and links, callers on the left. The same graph always gets the same places.
 * @param {{cards: import('./model.js').Card[], links: import('./model.js').Link[]}} model
 * @returns {{width: number, height: number, cards: Map<string, {x: number, y: number}>, links: Map<string, {path: string, x: number, y: number}>}}
 */
export function placesOf({ cards, links }) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 36, edgesep: 12, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  cards.forEach((card) => graph.setNode(card.id, { width: CARD_WIDTH, height: heightOf(card) }));
  links.forEach((link) => graph.setEdge(link.fromCard, link.toCard, { width: LABEL_WIDTH, height: LABEL_HEIGHT, labelpos: 'c' }, link.id));
  layout(graph);
  const byId = new Map(cards.map((card) => [card.id, card]));
  const placed = new Map(cards.map(({ id }) => {
    const { x, y, width, height } = graph.node(id);
    return [id, { x: x - width / 2, y: y - height / 2 }];
  }));
  const ways = waysOf(graph, links, byId);
  const lines = new Map(links.map((link) => {
    const edge = ways.get(link.id);
    const from = anchor(byId.get(link.fromCard), placed.get(link.fromCard), link.from, CARD_WIDTH);
    const to = anchor(byId.get(link.toCard), placed.get(link.toCard), link.to, 0);
    const between = link.fromCard === link.toCard ? loop(from, to) : edge.points.slice(1, -1);
    return [link.id, { path: curve([from, ...between, to]), x: edge.x ?? (from.x + to.x) / 2, y: edge.y ?? (from.y + to.y) / 2 }];
  }));
  const { width, height } = graph.graph();
  return { width: Math.max(width, 1), height: Math.max(height, 1), cards: placed, links: lines };
}

/** Links between the same two cards take the ways there are in the order of the rows they lead to, so that they do not cross. */
function waysOf(graph, links, byId) {
  const bundles = new Map();
  for (const link of links) {
    const key = JSON.stringify([link.fromCard, link.toCard]);
    bundles.set(key, [...(bundles.get(key) ?? []), link]);
  }
  const at = (card, id) => byId.get(card).rows.findIndex((row) => row.id === id);
  const ways = new Map();
  for (const bundle of bundles.values()) {
    const free = bundle.map((link) => graph.edge({ v: link.fromCard, w: link.toCard, name: link.id })).sort((a, b) => a.y - b.y);
    const ordered = [...bundle].sort((a, b) => at(a.toCard, a.to) - at(b.toCard, b.to) || at(a.fromCard, a.from) - at(b.fromCard, b.from));
    ordered.forEach((link, index) => ways.set(link.id, free[index]));
  }
  return ways;
}

function anchor(card, place, id, side) {
  const at = card.rows.findIndex((row) => row.id === id);
  return { x: place.x + side, y: place.y + (at < 0 ? HEADER_HEIGHT / 2 : HEADER_HEIGHT + at * ROW_HEIGHT + ROW_HEIGHT / 2) };
}

/** A workload that calls its own service. */
const loop = (from, to) => [{ x: from.x + 36, y: from.y - 42 }, { x: to.x - 36, y: to.y - 42 }];

/** A smooth line through points that leaves and arrives level. */
function curve(points) {
  let path = `M${round(points[0].x)},${round(points[0].y)}`;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    const bend = (b.x - a.x) / 2;
    path += `C${round(a.x + bend)},${round(a.y)} ${round(b.x - bend)},${round(b.y)} ${round(b.x)},${round(b.y)}`;
  }
  return path;
}

const round = (value) => Math.round(value * 10) / 10;
