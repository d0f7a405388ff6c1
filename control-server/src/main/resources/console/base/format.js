const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A duration in at most two units: 45s, 3m, 2h 5m, 12d.
 * @param {number} millis
 */
export function duration(millis) {
  const size = Math.abs(millis);
  if (size < MINUTE) return `${Math.floor(size / SECOND)}s`;
  if (size < HOUR) return two(size, MINUTE, 'm', SECOND, 's', 10 * MINUTE);
  if (size < DAY) return two(size, HOUR, 'h', MINUTE, 'm', 10 * HOUR);
  return two(size, DAY, 'd', HOUR, 'h', 3 * DAY);
}

function two(size, unit, name, part, partName, plainFrom) {
  const whole = Math.floor(size / unit);
  const rest = Math.floor((size % unit) / part);
  return size >= plainFrom || rest === 0 ? `${whole}${name}` : `${whole}${name} ${rest}${partName}`;
}

/** How long ago a time was. @param {string | undefined} time ISO 8601 */
export const ago = (time) => (time ? duration(Math.max(0, Date.now() - Date.parse(time))) : '–');

/** How long until a time, negative if it is over. @param {string | undefined} time ISO 8601 */
export const left = (time) => (time ? Date.parse(time) - Date.now() : NaN);

/** A number with three significant digits. @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (size >= 1e4) return `${(value / 1e3).toPrecision(3)}k`;
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(size < 0.1 ? 2 : 1);
}

/** A share in percent. @param {number} share from 0 to 1 */
export function percent(share) {
  if (!Number.isFinite(share)) return '–';
  const value = share * 100;
  if (value === 0 || value === 100) return `${value}%`;
  if (value > 99.9) return '>99.9%';
  return value < 0.1 ? '<0.1%' : `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}%`;
}

/** A latency. @param {number | null | undefined} millis */
export function latency(millis) {
  if (millis === null || millis === undefined || !Number.isFinite(millis)) return '–';
  if (millis >= 10_000) return `${(millis / 1000).toFixed(0)} s`;
  if (millis >= 1_000) return `${(millis / 1000).toFixed(1)} s`;
  return millis >= 10 ? `${Math.round(millis)} ms` : `${millis.toFixed(1)} ms`;
}

/** A count with its noun. @param {number} count @param {string} one @param {string} [many] */
export const count = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** The same without the day, for what is seen as it happens. @param {string | number} time */
export const timeOfDay = (time) => new Date(time).toLocaleTimeString(undefined, { timeStyle: 'medium' });

/** A time for people in their own zone. @param {string | number} time */
export const clock = (time) =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
