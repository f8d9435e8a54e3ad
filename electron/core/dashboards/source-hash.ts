import { createHash } from 'node:crypto';
import type { WidgetSource } from '../../../shared/model/dashboard.ts';

/** Under what results are cached beside their filters: another query or another read model is another number. */
export function sourceHash(source: WidgetSource): string {
  const parts = source.kind === 'live' ? [source.kind, source.sql] : [source.kind, source.readModel, source.sql];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
