import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { openBody } from './seal.ts';

/** What this Daybreak writes: JSON, raw deflate. */
export const bodyFormat = 1;

/** The filter key of a widget that shows all of its rows. */
export const noFilters = '';

/** A widget's results are kept under its definition and its filters; '' is without filters. */
export interface ResultPlace {
  readonly dashboardId: string;
  readonly widgetId: string;
  readonly sourceHash: string;
  readonly filterKey: string;
}

export interface StoredBody {
  readonly body: Buffer;
  readonly format: number;
  readonly sealed_with: string | null;
}

/** Opens bodies: which keys are at hand is the engine's business. */
export type KeyAtHand = (keyId: string) => KeyObject | null;

export const packBody = (value: unknown): Buffer => deflateRawSync(JSON.stringify(value), { level: 1 });

/** What the seal of a result is about. */
export const aboutResult = (widgetId: string, sourceHash: string, filterKey: string): string =>
  JSON.stringify(['result', widgetId, sourceHash, filterKey]);
export const aboutRows = (readModel: string): string => JSON.stringify(['rows', readModel]);

export type ReadBody<T> =
  { readonly kind: 'yes'; readonly value: T } | { readonly kind: 'locked' | 'newer' | 'damaged' };

/** Never throws for what lies in the store: a damaged body is an answer, and the one before it may be whole. */
export function readBody<T>(stored: StoredBody, schema: z.ZodType<T>, about: string, keys: KeyAtHand): ReadBody<T> {
  if (stored.format > bodyFormat) return { kind: 'newer' };
  const key = stored.sealed_with === null ? null : keys(stored.sealed_with);
  if (stored.sealed_with !== null && key === null) return { kind: 'locked' };
  try {
    const packed = key === null ? stored.body : openBody(key, stored.body, about);
    const parsed = schema.safeParse(JSON.parse(inflateRawSync(packed).toString('utf8')));
    return parsed.success ? { kind: 'yes', value: parsed.data } : { kind: 'damaged' };
  } catch {
    return { kind: 'damaged' };
  }
}
