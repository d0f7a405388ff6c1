/**
 * Reads the shapes of kinds as the server tells them (`GET /inmesh/v1/kinds`): a text names a type, `{...}` is an object, `[x]` a list of x,
 * `{"*": x}` a map, `name!` a field that must be there, and `$shapes` holds shapes that texts refer to.
 */

const PLAIN = ['string', 'integer', 'number', 'boolean', 'duration', 'port', 'any'];

/**
 * The shape of a whole resource.
 * @param {any} kind one of the kinds
 * @param {any} metadata shape of the metadata
 */
export function wholeShape(kind, metadata) {
  const schema = kind.schema ?? { spec: 'any' };
  const { $shapes: shapes = {}, $top: top, ...spec } = schema;
  return { shapes, root: { 'apiVersion!': 'string', 'kind!': 'string', 'metadata!': metadata ?? 'any', ...(top ?? (kind.schema ? { spec } : schema)) } };
}

function resolved(shape, shapes) {
  return typeof shape === 'string' && shapes[shape] !== undefined ? shapes[shape] : shape;
}

/**
 * The shape at a path; null where there is none.
 * @param {{shapes: any, root: any}} whole
 * @param {(string | number)[]} path names of fields, and numbers for the elements of lists
 */
export function shapeAt({ shapes, root }, path) {
  let shape = resolved(root, shapes);
  for (const step of path) {
    if (Array.isArray(shape)) {
      shape = typeof step === 'number' ? shape[0] : undefined;
    } else if (shape && typeof shape === 'object') {
      shape = shape[step] ?? shape[`${step}!`] ?? shape['*'];
    } else {
      return null;
    }
    shape = resolved(shape, shapes);
    if (shape === undefined) return null;
  }
  return shape;
}

/** The fields of an object's shape. @param {any} shape @param {any} shapes @returns {{name: string, required: boolean, type: string}[]} */
export function fieldsOf(shape, shapes) {
  if (!shape || typeof shape !== 'object' || Array.isArray(shape)) return [];
  return Object.entries(shape)
    .filter(([name]) => !name.startsWith('$') && name !== '*')
    .map(([name, inner]) => ({ name: name.replace(/!$/, ''), required: name.endsWith('!'), type: typeName(resolved(inner, shapes)) }));
}

/** The words a value may be; empty if it may be anything of its type. @param {any} shape @returns {string[]} */
export function wordsOf(shape) {
  if (shape === 'boolean') return ['true', 'false'];
  return typeof shape === 'string' && shape.includes('|') ? shape.split('|') : [];
}

/** A shape in a word. @param {any} shape */
export function typeName(shape) {
  if (Array.isArray(shape)) return `list of ${typeName(shape[0])}`;
  if (shape && typeof shape === 'object') return '*' in shape ? 'map' : 'object';
  if (typeof shape !== 'string') return '';
  return shape.includes('|') ? 'word' : PLAIN.includes(shape.split(' ')[0]) ? shape : 'object';
}

/** Whether a field holds an object, a list of objects or a map, so that what it holds begins in the next line. @param {string} type */
export const nested = (type) => type === 'object' || type === 'map' || type.startsWith('list of');
