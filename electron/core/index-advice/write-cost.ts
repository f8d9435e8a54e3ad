import type { IndexCandidate } from '../../../shared/model/index-advice.ts';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import type { IndexFacts } from '../postgres/queries/index-facts.ts';
import type { TableFacts } from '../postgres/queries/table-facts.ts';
import type { TableWrites } from './table-writes.ts';

/** Since a reset that is younger, counters are no rate. */
const leastHours = 1;

export interface WriteRate {
  /** Entries that an index on these columns would get or lose an hour; null: not known. */
  readonly perHour: number | null;
  /** Where the number comes from, for a sentence. */
  readonly source: 'history' | 'statistics' | 'unknown';
}

/**
 * Inserts, deletes, updates of the columns, and updates that move the row: each writes one entry of the index. The
 * larger of what statements of the window wrote by name and of the table's own counters, which also count what
 * functions, triggers, COPY, MERGE and CTEs write.
 */
export function writeRate(
  table: TableFacts,
  columns: readonly string[],
  writes: TableWrites | 'none' | null,
  nowMs: number,
): WriteRate {
  const history = writes === null ? null : writes === 'none' ? 0 : entriesPerHour(table, columns, writes);
  const hours = table.sinceMs === null ? 0 : (nowMs - table.sinceMs) / 3_600_000;
  const entries = entriesEver(table);
  const counted = hours < leastHours ? null : entries / hours;
  if (counted !== null && counted > (history ?? -1)) return { perHour: counted, source: 'statistics' };
  // Somebody wrote, and nobody knows when.
  if (history === null || (history === 0 && entries > 0)) return { perHour: null, source: 'unknown' };
  return { perHour: history, source: 'history' };
}

function entriesPerHour(table: TableFacts, columns: readonly string[], writes: TableWrites): number {
  const hotShare = table.updated > 0 ? table.hotUpdated / table.updated : 0;
  const touched = columns.some((column) => writes.updatedColumns.has(column));
  return writes.insertedPerHour + writes.deletedPerHour + writes.updatedPerHour * (touched ? 1 : 1 - hotShare);
}

const entriesEver = ({ inserted, deleted, updated, hotUpdated }: TableFacts): number =>
  inserted + deleted + updated - hotUpdated;

export function writeCostOf(
  table: TableFacts,
  columns: readonly string[],
  indexes: readonly IndexFacts[],
  writes: TableWrites | 'none' | null,
  sizeBytes: number | null,
  nowMs: number,
): IndexCandidate['writeCost'] {
  const rate = writeRate(table, columns, writes, nowMs);
  const indexed = new Set(indexes.flatMap((index) => index.columns));
  const updated = writes !== null && writes !== 'none' ? columns.filter((one) => writes.updatedColumns.has(one)) : [];
  const losing = updated.filter((column) => !indexed.has(column));
  const hotUpdatesLost = losing.length > 0 && (table.hotUpdated > 0 || table.updated === 0);
  const parts = [
    rate.perHour === 0
      ? `Nothing was written to ${table.schema}.${table.table} in the window, so the index costs next to nothing now`
      : rate.perHour === null
        ? `How often ${table.schema}.${table.table} is written is not known${
            writes === null || entriesEver(table) === 0
              ? ' yet'
              : ': no statement of the window names it as its target, and yet rows of it were written, as functions, triggers, COPY and MERGE do'
          }`
        : `${formatCount(Math.round(rate.perHour))} writes an hour on ${table.schema}.${table.table} would each write one more index entry (${rate.source === 'history' ? 'measured from its statements' : 'from pg_stat_user_tables'})`,
    ...(sizeBytes === null ? [] : [`it takes ${formatBytes(sizeBytes)} of memory and disk`]),
  ];
  const hot = hotUpdatesLost
    ? ` Updates of ${losing.join(', ')} are heap-only now${table.updated > 0 ? ` (${Math.round((100 * table.hotUpdated) / table.updated)} % of all updates of the table)` : ''} and would not be any more: they would write into every index of the table, and leave more for vacuum.`
    : '';
  return { writesPerHour: rate.perHour, hotUpdatesLost, text: `${parts.join('; ')}.${hot}` };
}
