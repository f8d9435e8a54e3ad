import type { ClientLink } from '@orpc/client';

export type EngineLink = ClientLink<Record<never, never>>;

/** The way from this page to the engine. */
export interface Door {
  readonly kind: 'desktop' | 'browser';
  /** The link to call through now. A desktop port that closed is replaced by `reopen`. */
  link(): EngineLink;
  /** Makes sure that the link can be tried again, after it broke. */
  reopen(): Promise<void>;
}

/** This window has no key for the engine: no launch code, or one that was used before. */
export class NoKeyError extends Error {
  override readonly name = 'NoKeyError';
}

declare global {
  interface Window {
    /** Set by the desktop's preload. */
    readonly daybreak?: { readonly door: 'desktop'; readonly platform: string };
  }
}
