import { store } from './store.js';

const TIMEOUT_MILLIS = 20_000;

/** An answer of the server that says no, or none at all (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status of HTTP; 0 if the server could not be reached
   * @param {string} message
   * @param {any} [body] of the answer
   */
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** What changes have to send back, because a browser sends the session cookie by itself; null without a session. */
let csrf = null;

/** Counts answers that say that nobody is logged in (any more). */
export const refused = store(0);

/** @param {string | null} value */
export function sendBack(value) {
  csrf = value;
}

/**
 * Asks the server.
 * @param {string} method
 * @param {string} path
 * @param {{body?: any, yaml?: string, signal?: AbortSignal, accept?: number[]}} [options] `body` is sent as JSON, `yaml` as it is;
 *     `accept`: statuses beside 2xx whose body is an answer
 * @returns {Promise<any>} the body
 */
export async function call(method, path, options = {}) {
  const body = options.yaml ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers = headersOf(method, 'application/json');
  if (body !== undefined) {
    headers['Content-Type'] = options.yaml === undefined ? 'application/json' : 'application/yaml';
  }
  const limit = AbortSignal.timeout(TIMEOUT_MILLIS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  let response;
  let text;
  try {
    response = await fetch(path, { method, headers, body, signal, credentials: 'same-origin', cache: 'no-store' });
    text = await response.text();
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, error.name === 'TimeoutError' ? 'the server did not answer in time' : 'the server cannot be reached');
  }
  const answer = parsed(text);
  if (response.ok || options.accept?.includes(response.status)) {
    return answer;
  }
  throw refusal(response.status, answer);
}

/**
 * Asks for an answer that goes on: a JSON object a line, handed out as they come, until the server ends it or `signal` is aborted.
 * @param {string} path
 * @param {any} body
 * @param {AbortSignal} signal
 */
export async function* lines(path, body, signal) {
  const headers = { ...headersOf('POST', 'application/x-ndjson'), 'Content-Type': 'application/json' };
  let response;
  try {
    response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) return;
    throw new ApiError(0, 'the server cannot be reached');
  }
  if (!response.ok) throw refusal(response.status, parsed(await response.text()));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const whole = (rest + value).split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        if (line) yield JSON.parse(line);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw new ApiError(0, 'the connection was lost');
  } finally {
    reader.cancel().catch(() => {});
  }
}

function headersOf(method, accepted) {
  const headers = { Accept: accepted };
  if (csrf && method !== 'GET') {
    headers['X-Inmesh-CSRF'] = csrf;
  }
  return headers;
}

function refusal(status, answer) {
  if (status === 401) {
    refused.set(refused.get() + 1);
  }
  return new ApiError(status, answer?.message || `the server answered ${status}`, answer);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return { message: text.slice(0, 300) };
  }
}

/** @param {string} path @param {AbortSignal} [signal] */
export const get = (path, signal) => call('GET', path, { signal });

/**
 * A path with a query; parameters that are empty are left out.
 * @param {string} path
 * @param {Record<string, string | number | undefined>} parameters
 */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
