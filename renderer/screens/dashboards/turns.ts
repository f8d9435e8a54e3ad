/** Work that may wait for the next frame, one piece a frame, so that no frame has to do two. */
const urgent: (() => void)[] = [];
const others: (() => void)[] = [];
let running = false;
let leadUntilMs = 0;

/**
 * For a dashboard that opens: until its first number is drawn, cards that have none yet make it no later. At most for so
 * long, for where there is no number to draw.
 */
export function letLeadFirst(atMostMs: number): void {
  leadUntilMs = performance.now() + atMostMs;
}

function next(): void {
  const lead = urgent.shift();
  if (lead !== undefined) leadUntilMs = 0;
  const leadMs = leadUntilMs - performance.now();
  const work = lead ?? (leadMs > 0 ? undefined : others.shift());
  if (work === undefined) {
    running = false;
    if (others.length > 0) setTimeout(start, leadMs);
    return;
  }
  work();
  // The second frame begins when the first, in which a chart draws itself, is on the screen.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next)));
}

function start(): void {
  if (running) return;
  running = true;
  setTimeout(next);
}

/**
 * Runs `work` when its turn comes; `first`: before cards that wait already, for a number whose card stands and is empty.
 * Returns how to leave the queue.
 */
export function takeTurn(work: () => void, first = false): () => void {
  const queue = first ? urgent : others;
  queue.push(work);
  start();
  return () => {
    const place = queue.indexOf(work);
    if (place >= 0) queue.splice(place, 1);
  };
}
