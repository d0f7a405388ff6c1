import { isMap, isSeq, parseDocument, stringify } from '../lib/editor.js';

const SERVERS = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];
const STYLE = { lineWidth: 0, flowCollectionPadding: false, indentSeq: false };

/** A resource as its author would write it: without what the server adds. @param {any} body */
export function textOf(body) {
  const { apiVersion, kind, metadata, status, ...rest } = structuredClone(body);
  SERVERS.forEach((field) => delete metadata[field]);
  return stringify({ apiVersion, kind, metadata, ...rest }, STYLE);
}

/** The one document of a text, comments and all; null while it is no such thing. @param {string} text */
export function documentOf(text) {
  if (/^---\s*$/m.test(text.trim().replace(/^---\s*\n/, ''))) return null;
  const document = parseDocument(text);
  return document.errors.length || !isMap(document.contents) ? null : document;
}

/**
 * A text with changes of single fields; everything else stays as it was written.
 * @param {string} text
 * @param {{path: (string | number)[], value: any}[]} changes a value of `undefined` removes the field, and objects that it leaves empty
 */
export function changed(text, changes) {
  const document = documentOf(text);
  if (!document) return text;
  for (const { path, value } of changes) {
    if (value === undefined) {
      remove(document, path);
    } else {
      document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
    }
  }
  return document.toString(STYLE);
}

function remove(document, path) {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const holder = document.getIn(parent, true);
  if (parent.length > 2 && (isMap(holder) || isSeq(holder)) && holder.items.length === 0 && typeof parent.at(-1) === 'string') {
    remove(document, parent);
  }
}

/** A text with the version that it was made from, so that the server notices if somebody else was quicker. @param {string} text @param {string} version */
export function withVersion(text, version) {
  return changed(text, [{ path: ['metadata', 'resourceVersion'], value: version }]);
}

/** What a text says, as an object; null while it cannot be read. @param {string} text */
export function bodyOf(text) {
  try {
    return documentOf(text)?.toJS() ?? null;
  } catch {
    return null;
  }
}
