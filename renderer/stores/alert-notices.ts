import { create } from 'zustand';
import type { AlertNotice } from '../../shared/model/alerts.ts';
import { client } from './client.ts';
import { reconnectDelayMs } from './event-sequence.ts';

/** The latest message for this machine; whoever draws it takes it. */
export const useAlertNotice = create<{ readonly notice: AlertNotice | null }>(() => ({ notice: null }));

let following = false;

/** Listens for as long as the page lives, so that the engine knows that somebody sees what it shows. */
export async function followAlertNotices(): Promise<void> {
  if (following) return;
  following = true;
  for (let attempt = 0; ; attempt += 1) {
    try {
      for await (const notice of await client().alerts.notices({})) {
        attempt = 0;
        useAlertNotice.setState({ notice });
      }
    } catch {
      // The engine is away, which the banner says; what it has to tell waits for the next window that listens.
    }
    await new Promise((resolve) => setTimeout(resolve, reconnectDelayMs(attempt)));
  }
}
