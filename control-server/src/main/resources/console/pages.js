/**
 * The pages in the order they are offered.
 * @type {{id: string, title: string, icon: string, key: string, hidden?: boolean, load: () => Promise<any>}[]}
 */
export const PAGES = [
  { id: 'graph', title: 'Graph', icon: 'graph', key: 'g', load: () => import('./pages/graph.js').then((page) => page.GraphPage) },
  { id: 'services', title: 'Services', icon: 'services', key: 's', load: () => import('./pages/services.js').then((page) => page.Services) },
  { id: 'requests', title: 'Live requests', icon: 'requests', key: 'l', load: () => import('./pages/requests.js').then((page) => page.Requests) },
  { id: 'config', title: 'Configuration', icon: 'config', key: 'c', load: () => import('./pages/configuration.js').then((page) => page.Configuration) },
  { id: 'rollouts', title: 'Rollouts', icon: 'rollouts', key: 'r', load: () => import('./pages/rollouts.js').then((page) => page.Rollouts) },
  { id: 'security', title: 'Security', icon: 'security', key: 'i', load: () => import('./pages/security.js').then((page) => page.Security) },
  { id: 'mesh', title: 'Mesh health', icon: 'mesh', key: 'h', load: () => import('./pages/mesh.js').then((page) => page.MeshHealth) },
];
