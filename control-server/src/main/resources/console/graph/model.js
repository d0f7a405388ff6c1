/**
 * Brings the server's graph into the form that is drawn: a card for every service with a row for every workload version behind it, cards of
 * one row for callers and for what is outside, and links between rows.
 *
 * @typedef {'idle' | 'healthy' | 'degraded' | 'failing'} Health
 * @typedef {{id: string, label: string, version: string, health: Health, node: any}} Row
 * @typedef {{id: string, title: string, namespace: string, kind: string, health: Health, outside: boolean, rows: Row[], node: any}} Card
 * @typedef {{id: string, from: string, to: string, fromCard: string, toCard: string, health: Health, rps: number, requests: number, errors: number, p95: number | null,
 *     mtls: number | null, retries: number | null, protocols: string[], edges: any[]}} Link
 */

const RANKS = { idle: 0, healthy: 1, degraded: 2, failing: 3 };
const OUTSIDE = ['EXTERNAL_SERVICE', 'UNKNOWN_HOST', 'UNKNOWN_CALLER'];

/** @param {string} health as the server writes it @returns {Health} */
const healthOf = (health) => health.toLowerCase();

/** @param {Health[]} all */
export const worst = (all) => all.reduce((one, other) => (RANKS[other] > RANKS[one] ? other : one), 'idle');

/** How healths are told beside their colour. @type {Record<Health, {tone: import('../ui/parts.js').Tone, text: string}>} */
export const HEALTHS = {
  idle: { tone: 'none', text: 'idle' },
  healthy: { tone: 'ok', text: 'healthy' },
  degraded: { tone: 'warn', text: 'degraded' },
  failing: { tone: 'bad', text: 'failing' },
};

/** @param {any} data answer of `GET /inmesh/v1/graph` @returns {{cards: Card[], links: Link[]}} */
export function modelOf(data) {
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const home = homes(data);
  const cards = new Map();
  const card = (id, node) => {
    if (!cards.has(id)) {
      cards.set(id, { id, title: node.name, namespace: node.namespace, kind: node.kind, health: healthOf(node.health), outside: OUTSIDE.includes(node.kind), rows: [], node });
    }
    return cards.get(id);
  };
  const unknown = (id) => ({ id, kind: 'SERVICE', name: id.replace(/^\w+:/, ''), namespace: '', version: '', health: 'IDLE', endpoints: 0, meshed: 0, identities: [] });
  const used = new Set(data.edges.flatMap(({ source, service, destination }) => [source, service, destination]).filter(Boolean));
  for (const id of [...used].sort()) {
    const node = nodes.get(id) ?? unknown(id);
    const service = home.get(id);
    if (service) {
      card(service, nodes.get(service) ?? unknown(service)).rows.push(row(node));
    } else if (node.kind === 'SERVICE') {
      card(id, node);
    } else {
      card(id, node).rows.push(row(node));
    }
  }
  for (const one of cards.values()) {
    one.rows.sort((a, b) => a.label.localeCompare(b.label, undefined, { numeric: true }));
    one.rows.forEach((each) => { each.label = label(one, each); });
  }
  return { cards: [...cards.values()].sort((a, b) => a.id.localeCompare(b.id)), links: links(data.edges, home) };
}

const row = (node) => ({ id: node.id, label: `${node.name} ${node.version}`, version: node.version, health: healthOf(node.health), node });

/** What a node is, for those that are no versions of anything. */
const WORDS = {
  WORKLOAD: 'caller',
  EXTERNAL_SERVICE: 'outside service',
  UNKNOWN_HOST: 'outside, unknown',
  UNKNOWN_CALLER: 'without identity',
  SILENT_CALLER: 'reports nothing',
};

function label(card, { node }) {
  if (card.id === node.id) return node.version || WORDS[node.kind] || node.name;
  return node.name === card.title ? node.version || node.name : `${node.name} ${node.version}`.trim();
}

/**
 * The service that a workload is shown under: of several that it was called by the first by name; if nobody called it, one that it is behind,
 * as long as that is in the picture for another reason.
 */
function homes({ edges, nodes }) {
  const found = new Map();
  for (const { service, destination } of edges) {
    if (service && destination && (!found.has(destination) || service < found.get(destination))) found.set(destination, service);
  }
  const called = new Set(edges.map(({ service }) => service));
  for (const { id, services } of nodes) {
    const home = services.find((service) => called.has(service));
    if (home && !found.has(id)) found.set(id, home);
  }
  return found;
}

function links(edges, home) {
  const grouped = new Map();
  for (const edge of edges) {
    const to = edge.destination || edge.service;
    const id = `${edge.source}>${to}`;
    grouped.set(id, [...(grouped.get(id) ?? []), edge]);
  }
  return [...grouped].map(([id, all]) => {
    const to = all[0].destination || all[0].service;
    const sum = (pick) => all.reduce((total, edge) => total + (pick(edge) ?? 0), 0);
    const requests = sum((edge) => edge.effective.requests);
    const attempts = sum((edge) => edge.actual.requests);
    const sent = requests - sum((edge) => edge.effective.rejected);
    const p95 = all.map((edge) => edge.effective.p95).filter((value) => value !== null && value !== undefined);
    return {
      id,
      from: all[0].source,
      to,
      fromCard: home.get(all[0].source) ?? all[0].source,
      toCard: home.get(to) ?? to,
      health: worst(all.map(({ health }) => healthOf(health))),
      rps: sum((edge) => edge.effective.rps),
      requests,
      errors: requests ? sum((edge) => edge.effective.failed + edge.effective.rejected) / requests : 0,
      p95: p95.length ? Math.max(...p95) : null,
      mtls: attempts ? sum((edge) => (edge.mtls ?? 0) * edge.actual.requests) / attempts : null,
      retries: sent > 0 && attempts > 0 ? Math.max(0, attempts / sent - 1) : null,
      protocols: [...new Set(all.flatMap(({ protocols }) => protocols))].sort(),
      edges: all,
    };
  }).sort((a, b) => a.id.localeCompare(b.id));
}

/**
 * Whether a card is meant by a text: all of its words have to fit. `ns:shop`, `version:v2`, `health:failing` and `outside` are words of their
 * own; others are parts of names.
 * @param {Card} card @param {string} text
 */
export function meant(card, text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean).every((word) => {
    const [field, value] = word.includes(':') ? word.split(':', 2) : ['', word];
    if (field === 'ns') return card.namespace.toLowerCase() === value;
    if (field === 'version') return card.rows.some(({ version }) => version.toLowerCase() === value);
    if (field === 'health') return worst([card.health, ...card.rows.map(({ health }) => health)]) === value;
    if (word === 'outside') return card.outside;
    return [card.title, ...card.rows.map(({ node }) => node.name)].some((name) => name.toLowerCase().includes(word));
  });
}

/** The graph without the cards that a text means. @param {{cards: Card[], links: Link[]}} model @param {string} hide */
export function without(model, hide) {
  if (!hide.trim()) return model;
  const kept = model.cards.filter((card) => !meant(card, hide));
  const ids = new Set(kept.map(({ id }) => id));
  return { cards: kept, links: model.links.filter(({ fromCard, toCard }) => ids.has(fromCard) && ids.has(toCard)) };
}

/**
 * What of a large graph is drawn: a picture of more is slow to make and nobody can read it. Links of what is looked for come first, then the
 * least healthy, then the busiest, by powers of two so that the choice stays as it is while rates waver.
 * @param {{cards: Card[], links: Link[]}} model @param {number} most links @param {Set<string> | null} marked cards that are looked for
 */
export function drawn(model, most, marked) {
  if (model.links.length <= most) return model;
  const sought = ({ fromCard, toCard }) => (marked && (marked.has(fromCard) || marked.has(toCard)) ? 1 : 0);
  const busy = ({ rps }) => Math.floor(Math.log2(rps + 0.001));
  const links = [...model.links]
    .sort((a, b) => sought(b) - sought(a) || RANKS[b.health] - RANKS[a.health] || busy(b) - busy(a) || a.id.localeCompare(b.id))
    .slice(0, most)
    .sort((a, b) => a.id.localeCompare(b.id));
  const ids = new Set(links.flatMap(({ fromCard, toCard }) => [fromCard, toCard]));
  return { cards: model.cards.filter(({ id }) => ids.has(id)), links };
}
