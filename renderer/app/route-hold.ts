/** A screen with something unsaved holds the route: going elsewhere asks it first. */
interface Hold {
  /** The address that is kept meanwhile. */
  readonly hash: string;
  readonly ask: (leave: () => void) => void;
}

let held: Hold | null = null;

/** Holds the route as it is now. Returns how to let go. One screen is open at a time, and so is one hold. */
export function holdRoute(ask: Hold['ask']): () => void {
  const mine: Hold = { hash: location.hash, ask };
  held = mine;
  return () => {
    if (held === mine) held = null;
  };
}

export const heldRoute = (): Hold | null => held;

/** `leave` runs once the person says so; the hold is gone by then. */
export function askToLeave(hold: Hold, leave: () => void): void {
  hold.ask(() => {
    if (held === hold) held = null;
    leave();
  });
}

/** Links and the browser's own buttons change the address before anybody can be asked: it is put back first. */
window.addEventListener('hashchange', (event) => {
  if (held === null || location.hash === held.hash) return;
  const target = location.hash;
  const hold = held;
  event.stopImmediatePropagation();
  history.pushState(null, '', hold.hash);
  askToLeave(hold, () => {
    location.hash = target;
  });
});
