/** The path of a kind's resources in a namespace, or of one of them. @param {any} kind @param {string} namespace @param {string} [name] */
export function pathOf(kind, namespace, name) {
  const group = kind.group ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const home = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace || 'default')}` : '';
  return `${group}${home}/${kind.plural}${name ? `/${encodeURIComponent(name)}` : ''}`;
}
