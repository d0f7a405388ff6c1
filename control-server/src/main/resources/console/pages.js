/**
 * The pages in the order they are offered.
 * @type {{id: string, title: string, icon: string, key: string, hidden?: boolean, load: () => Promise<any>}[]}
 */
export const PAGES = [
  { id: 'services', title: 'Services', icon: 'services', key: 's', load: () => import('./pages/services.js').then((page) => page.Services) },
];
