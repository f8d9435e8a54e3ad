import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { takeTurn } from './turns.ts';
import styles from './dashboards.module.css';

/** How far outside of the window something is drawn, so that who scrolls finds it there. */
const margin = '400px 0px';

type Told = (near: boolean) => void;

interface Watch {
  readonly observer: IntersectionObserver;
  readonly told: WeakMap<Element, Told>;
}

/** By what scrolls: one observer for two hundred cards. */
const watches = new WeakMap<Element, Watch>();

function watchOf(root: Element): Watch {
  const kept = watches.get(root);
  if (kept !== undefined) return kept;
  const told = new WeakMap<Element, Told>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting);
    },
    { root, rootMargin: margin },
  );
  const made = { observer, told };
  watches.set(root, made);
  return made;
}

/** Tells when an element comes near the window, and when it goes. Returns how to stop. */
function onNear(element: Element, tell: Told): () => void {
  const { observer, told } = watchOf(document.getElementById('main') ?? document.body);
  told.set(element, tell);
  observer.observe(element);
  return () => {
    observer.unobserve(element);
    told.delete(element);
  };
}

/**
 * at once: with what is around it; in turn: soon, one at a time over all of them, wherever it is; near: the same, but not
 * before it comes near the window.
 */
export type WhenMade = 'at once' | 'in turn' | 'near';

/**
 * Whether it is an element's time, one at a time over all of them: a dashboard of two hundred charts opens at once, and
 * scrolling never waits for more than one. What was made stays so. `first`: has its turn before the others.
 */
export function useSeen<E extends Element>(when: WhenMade, first = false): readonly [RefObject<E | null>, boolean] {
  const place = useRef<E>(null);
  const [seen, setSeen] = useState(when === 'at once');
  useEffect(() => {
    const element = place.current;
    if (seen || element === null) return undefined;
    if (when !== 'near') return takeTurn(() => setSeen(true), first);
    let giveUp: (() => void) | null = null;
    const forget = onNear(element, (near) => {
      if (near && giveUp === null) giveUp = takeTurn(() => setSeen(true), first);
      if (!near && giveUp !== null) {
        giveUp();
        giveUp = null;
      }
    });
    return () => {
      forget();
      giveUp?.();
    };
  }, [seen, when, first]);
  return [place, seen];
}

interface WhenSeenProps {
  readonly when: WhenMade;
  readonly children: () => ReactNode;
}

/** Draws its content when it is time, and before cards that wait for theirs. */
export function WhenSeen({ when, children }: WhenSeenProps): ReactNode {
  const [place, seen] = useSeen<HTMLDivElement>(when, true);
  return seen ? children() : <div ref={place} className={styles.notSeen} />;
}
