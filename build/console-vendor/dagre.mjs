// Layered layout of the service graph.
import dagre from '@dagrejs/dagre';
export const { Graph } = dagre.graphlib;
export const layout = dagre.layout;
