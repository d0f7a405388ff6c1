import { count, duration, left } from '../base/format.js';

/** What is said of services and instances in more than one place. */

const HOUR = 3_600_000;

/** @param {any} service @returns {string[]} the versions behind it, sorted */
export const versionsOf = (service) => [...new Set(service.instances.map(versionOf).filter(Boolean))].sort();

/** @param {any} instance */
export const versionOf = (instance) => instance.labels.version ?? instance.labels['app.kubernetes.io/version'] ?? '';

/** @param {any} service such as "9080 http, 9443 https" */
export const protocolsOf = (service) => service.ports.map((port) => `${port.number} ${port.protocol.toLowerCase()}`).join(', ') || '–';

/** How many instances take calls. @param {any} service */
export function healthOf(service) {
  const all = service.instances.length;
  const healthy = service.instances.filter(({ health }) => health === 'HEALTHY').length;
  if (all === 0) {
    // Clients find those by DNS themselves, so that there is nothing to count.
    return service.resolution.startsWith('DNS') || service.external
      ? { tone: 'none', text: 'outside', rank: 2 }
      : { tone: 'bad', text: 'no instances', rank: 0 };
  }
  const text = `${healthy} of ${all}`;
  if (healthy === 0) return { tone: 'bad', text, rank: 0 };
  return healthy < all ? { tone: 'warn', text, rank: 1 } : { tone: 'ok', text, rank: 3 };
}

const STATES = {
  SYNCED: { tone: 'ok', text: 'in sync', rank: 3, title: 'It runs what the server sent last.' },
  STALE: { tone: 'warn', text: 'behind', rank: 1, title: 'It has not answered the last change yet.' },
  REJECTED: { tone: 'bad', text: 'refused', rank: 0, title: 'It has refused the last change and goes on with the one before.' },
};

/** How a process stands to its configuration. @param {any} process */
export const stateOf = (process) => STATES[process.state] ?? { tone: 'none', text: process.state.toLowerCase(), rank: 2, title: '' };

/** The worst state of the processes behind a service. @param {any} service */
export function configOf(service) {
  const states = service.instances.filter(({ process }) => process).map(({ process }) => stateOf(process));
  const worst = states.sort((a, b) => a.rank - b.rank)[0];
  if (!worst) return { tone: 'none', text: '', rank: 4, title: '' };
  const same = states.filter(({ text }) => text === worst.text).length;
  return worst.rank === 3 ? worst : { ...worst, text: `${count(same, 'instance')} ${worst.text}` };
}

/**
 * The time left of a process's certificate: of the one it says it has, else of the one its connection was opened with.
 * @param {any} process
 */
export function certificateLeft(process) {
  const millis = left(process?.certificate?.notAfter ?? process?.certificateExpiry);
  const failure = process?.certificate?.renewalFailure ?? '';
  if (Number.isNaN(millis)) return { tone: 'none', text: '–', millis: Infinity, failure };
  if (millis <= 0) return { tone: 'bad', text: 'over', millis, failure };
  return { tone: failure ? 'bad' : millis < HOUR ? 'warn' : 'ok', text: duration(millis), millis, failure };
}

/** The certificate that ends first. @param {any} service */
export const certificateOf = (service) =>
  service.instances
    .map(({ process }) => certificateLeft(process))
    .sort((a, b) => a.millis - b.millis)[0] ?? certificateLeft(undefined);

/** When a process last took over or refused something. @param {any} process */
export const changedOf = (process) => process.types.map(({ since }) => since).sort().at(-1);

/** The SPIFFE-like short form of who an instance is. @param {any} instance */
export const identityOf = (instance) => `${instance.namespace}/${instance.serviceAccount}`;

/**
 * Where an instance is known from, and since when.
 * @param {any} instance
 * @returns {{text: string, since?: string, tone: string, title: string}}
 */
export function originOf({ origin }) {
  const { source, since } = origin;
  if (origin.vanished) {
    return { text: `${source}, vanished`, since, tone: 'warn', title: 'Its registry does not name it any more, without having said that it is gone; it goes by and by.' };
  }
  if (origin.type && !origin.confirmed) {
    return { text: `${source}, earlier`, since, tone: 'warn', title: 'Its registry has not answered since the control server was started.' };
  }
  return { text: source, since, tone: '', title: origin.type ? `a source of type ${origin.type}` : ORIGINS[source] };
}

const ORIGINS = { registration: 'It joined the mesh itself.', configuration: 'A resource of the configuration names it.' };
