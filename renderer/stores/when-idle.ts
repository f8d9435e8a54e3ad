/** What can wait for the first chart waits no longer than this, ms. */
const patienceMs = 400;

/** Resolves when the window has nothing to draw, or has drawn for long enough. Safari knows no idle windows. */
export const whenIdle = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: patienceMs });
    else setTimeout(resolve, patienceMs);
  });
