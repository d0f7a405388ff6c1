// The view layer of the console: components, hooks, and templates that need no build step.
import { h } from 'preact';
import htm from 'htm';
export { h, render, Fragment, createContext } from 'preact';
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext, useReducer } from 'preact/hooks';
export const html = htm.bind(h);
