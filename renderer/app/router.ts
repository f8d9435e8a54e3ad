import { useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Params, type Route } from './route.ts';

export type { Params, Route } from './route.ts';

let current = parseRoute(location.hash);

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  window.addEventListener('daybreak:route', onChange);
  return () => {
    window.removeEventListener('hashchange', onChange);
    window.removeEventListener('daybreak:route', onChange);
  };
}

function snapshot(): Route {
  const next = parseRoute(location.hash);
  if (formatRoute(next) !== formatRoute(current)) current = next;
  return current;
}

/** The route in the address: `#/read-models/monthly_sales?tab=runs` -> path ['read-models', 'monthly_sales'] and params. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, snapshot);
}

/**
 * The address of a route, for links: `href('/read-models/monthly_sales', { version: 2 })`. Segments that are data go
 * through `encodeURIComponent` first. Params that are null or undefined are left out.
 */
export function href(path: string, params: Params = {}): string {
  const { path: segments } = parseRoute(`#${path}`);
  return formatRoute({ path: segments, params: new URLSearchParams(clean(params)) });
}

/** Goes to a route. `replace` leaves no step in the browser's history (for a brush that moves). */
export function navigate(path: string, params: Params = {}, { replace = false } = {}): void {
  const target = href(path, params);
  if (target === location.hash) return;
  if (replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  window.dispatchEvent(new Event('daybreak:route'));
}

/** Changes some params of the current route and keeps the others; null removes one. */
export function setParams(changes: Params, { replace = true } = {}): void {
  const { path, params } = parseRoute(location.hash);
  const merged: Record<string, string | number | null | undefined> = Object.fromEntries(params);
  navigate(`/${path.map(encodeURIComponent).join('/')}`, { ...merged, ...changes }, { replace });
}

function clean(params: Params): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined) kept[name] = String(value);
  }
  return kept;
}
