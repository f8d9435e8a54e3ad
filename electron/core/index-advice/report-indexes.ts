import type { ReportIndex } from '../../../shared/model/index-advice.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import type { IndexFacts } from '../postgres/queries/index-facts.ts';
import type { TableFacts } from '../postgres/queries/table-facts.ts';
import { qualifiedName } from '../postgres/quote.ts';
import { writesOf } from './advise.ts';
import type { IndexUse } from './index-use.ts';
import { tableName } from './resolve-columns.ts';
import type { TableWrites } from './table-writes.ts';
import { writeRate } from './write-cost.ts';

export interface PlannedUse {
  readonly statement: Statement;
  readonly use: IndexUse;
}

export interface ReportIndexInput {
  readonly planned: readonly PlannedUse[];
  /** Tables, without schema, of statements other than reports that could not be planned: nothing is said about them. */
  readonly unknownTables: ReadonlySet<string>;
  readonly indexes: readonly IndexFacts[];
  readonly tables: readonly TableFacts[];
  readonly writes: ReadonlyMap<string, TableWrites> | null;
  readonly nowMs: number;
}

/** Indexes that reports use and nothing else does, and that nothing but speed depends on. Pure; the largest first. */
export function reportIndexes(input: ReportIndexInput): ReportIndex[] {
  const { planned, unknownTables, indexes } = input;
  const reports = planned.filter(({ statement }) => statement.class === 'reporting');
  const others = planned.filter(({ statement }) => statement.class !== 'reporting');
  return indexes
    .filter(({ unique, bound, valid, table }) => !unique && !bound && valid && !unknownTables.has(table))
    .flatMap((index) => {
      const usedBy = reports.filter(({ use }) => use.indexes.includes(`${index.schema}.${index.name}`));
      if (usedBy.length === 0 || others.some(({ use }) => mayUse(use, index))) return [];
      return [
        describe(
          index,
          usedBy.map(({ statement }) => statement),
          input,
        ),
      ];
    })
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

function mayUse({ indexes, scanned, deletesFrom }: IndexUse, index: IndexFacts): boolean {
  if (indexes.includes(`${index.schema}.${index.name}`)) return true;
  const [leading = null] = index.columns;
  const whole = scanned.find(({ table }) => table === tableName(index));
  if (whole !== undefined && (leading === null || whole.columns.includes(leading))) return true;
  return index.referenced !== null && deletesFrom.some((name) => index.referenced?.endsWith(`.${name}`));
}

function describe(index: IndexFacts, usedBy: Statement[], { tables, writes, nowMs }: ReportIndexInput): ReportIndex {
  const name = tableName(index);
  const table = tables.find((one) => tableName(one) === name);
  const columns = index.columns.flatMap((column) => (column === null ? [] : [column]));
  const rate = table === undefined ? null : writeRate(table, columns, writesOf(table, writes), nowMs);
  const count = usedBy.length === 1 ? 'One report uses' : `${usedBy.length} reports use`;
  const kept =
    rate?.perHour == null
      ? `every write of ${name} keeps it up`
      : `${formatCount(Math.round(rate.perHour))} writes of ${name} an hour keep it up`;
  const foreign =
    index.referenced === null
      ? ''
      : ` It also serves the foreign key to ${index.referenced}: without it, deleting a row there reads all of ${name}.`;
  return {
    schema: index.schema,
    table: index.table,
    index: index.name,
    sizeBytes: index.sizeBytes,
    scans: index.scans,
    usedBy,
    writesPerHour: rate?.perHour ?? null,
    dropSql: `drop index concurrently if exists ${qualifiedName(index.schema, index.name)};`,
    undoSql: `${index.definition.replace(/^CREATE INDEX /, 'CREATE INDEX CONCURRENTLY ')};`,
    text: `${count} it and no other statement that was planned does. It takes ${formatBytes(index.sizeBytes)}, and ${kept}. Once ${usedBy.length === 1 ? 'its read model is' : 'their read models are'} live it may go.${foreign}`,
  };
}
