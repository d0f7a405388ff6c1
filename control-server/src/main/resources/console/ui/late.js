import { html, useEffect, useState } from '../lib/preact.js';
import { Empty, Loading } from './parts.js';

/**
 * Something whose code is loaded when it is first shown.
 * @param {{load: () => Promise<any>, props?: any}} props `load` gives the component
 */
export function Late({ load, props = {} }) {
  const [state, setState] = useState({ view: null, failed: false });
  useEffect(() => {
    load().then((view) => setState({ view, failed: false }), () => setState({ view: null, failed: true }));
  }, []);
  if (state.failed) {
    return html`<${Empty} title="This page could not be loaded.">The server may have been updated. <a href="" onClick=${() => location.reload()}>Load the console again.</a><//>`;
  }
  return state.view ? html`<${state.view} ...${props} />` : html`<${Loading} />`;
}
