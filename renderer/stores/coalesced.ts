/**
 * `work` as something that may be asked for often: one at a time, and all that is asked for while it runs is answered
 * together by one run after it. A run that failed is over; the next ask tries again.
 */
export function coalesced(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const ask = (): void => {
    again = running;
    if (running) return;
    running = true;
    const ended = () => {
      running = false;
      if (again) ask();
    };
    void work().then(ended, ended);
  };
  return ask;
}
