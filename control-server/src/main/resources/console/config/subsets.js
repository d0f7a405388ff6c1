/** Whether two names mean one host, as seen from a namespace. @param {string} one @param {string} other @param {string} namespace */
export const sameHost = (one, other, namespace) => full(one, namespace) === full(other, namespace);

/** @param {string} host @param {string} namespace */
export const full = (host, namespace) => (host.includes('.') ? host.replace(/^([^.]+\.[^.]+)$/, (both) => (both.endsWith(`.${namespace}`) ? `${both}.svc.cluster.local` : both)) : `${host}.${namespace}.svc.cluster.local`);

/** The subsets that rules define for a host. @param {any[]} rules DestinationRules @param {string} host @param {string} namespace @returns {string[]} */
export const subsetsOf = (rules, host, namespace) => [...new Set(
  rules.filter((rule) => sameHost(rule.spec?.host ?? '', host, rule.metadata?.namespace ?? namespace))
    .flatMap((rule) => (rule.spec.subsets ?? []).map(({ name }) => name)))];
