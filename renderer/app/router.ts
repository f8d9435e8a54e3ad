import { useSyncExternalStore } from 'react';
import { askToLeave, heldRoute } from './route-hold.ts';
import { changedParams, formatRoute, parseRoute, searchParams, type Params, type Route } from './route.ts';

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
  // An address that is about to be put back is no route yet.
  const hold = heldRoute();
  if (hold !== null && hold.hash !== location.hash) return current;
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
 * through `encodeURIComponent` first. Params that are null or undefined are left out; a list stands there value by value.
 */
export function href(path: string, params: Params = {}): string {
  const { path: segments } = parseRoute(`#${path}`);
  return formatRoute({ path: segments, params: searchParams(params) });
}

/** Goes to a route. `replace` leaves no step in the browser's history (for a brush that moves). */
export function navigate(path: string, params: Params = {}, { replace = false } = {}): void {
  goTo(href(path, params), replace);
}

/** Changes some params of the current route and keeps the others; null removes one. */
export function setParams(changes: Params, { replace = true } = {}): void {
  const { path, params } = parseRoute(location.hash);
  goTo(formatRoute({ path, params: changedParams(params, changes) }), replace);
}

function goTo(target: string, replace: boolean): void {
  if (target === location.hash) return;
  const hold = heldRoute();
  if (hold !== null) {
    askToLeave(hold, () => goTo(target, replace));
    return;
  }
  if (replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  window.dispatchEvent(new Event('daybreak:route'));
}
