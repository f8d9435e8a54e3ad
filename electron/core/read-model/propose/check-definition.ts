import type { Column } from '../../../../shared/model/read-model.ts';
import { primaryKey, zonedColumns, type FoundRelation } from '../../postgres/queries/catalog-definition.ts';
import { setSearchPath } from '../../postgres/queries/planner-search-path.ts';
import type { ReadonlySession, Sql } from '../../postgres/session.ts';
import { isFloat } from '../sql/copies.ts';
import { analyseSelect, type SelectAnalysis } from './analyse-select.ts';
import { describeColumns, withCollations } from './describe-columns.ts';
import { parseSelect, refuse } from './parse-select.ts';
import { qualify, type Qualified } from './qualify.ts';
import { refuseUnqualifiedBodies } from './refuse-unqualified-bodies.ts';
import { openViews, refuseVolatile } from './refuse-volatile.ts';
import { selectOutputs, type SelectOutputs } from './select-outputs.ts';

/** A definition that the server can build, with what it said about it. */
export interface CheckedDefinition {
  /** One SELECT, schema-qualified, without a semicolon. */
  readonly definitionSql: string;
  readonly columns: readonly Column[];
  readonly outputs: SelectOutputs;
  /** Tables and read models that it reads, other views opened up; quoted, sorted. */
  readonly baseTables: readonly string[];
  /** Relations that it names itself, in order. */
  readonly directRelations: readonly FoundRelation[];
  /** Primary key of the only relation it names, as far as all of it is among the columns; null otherwise. */
  readonly inheritedKey: readonly string[] | null;
  readonly expectedRows: number;
  readonly expectedBytes: number;
  readonly expectedCost: number;
  readonly warnings: readonly string[];
}

const systemColumns: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/**
 * Parses, resolves and describes a definition in one read-only snapshot; nothing of it is executed, nothing is
 * created. Throws `statement_refused` with the construct in `detail`, and what the server refuses (a column that is not
 * there, `permission_denied`).
 *
 * @param searchPath Where names without a schema are looked for; left out, in that of the session.
 */
export async function checkDefinition(
  session: ReadonlySession,
  text: string,
  searchPath?: string,
): Promise<CheckedDefinition> {
  const select = await parseSelect(text);
  const analysis = analyseSelect(select);
  return session.snapshot(async (sql) => {
    // The parser read backslashes as the standard says; the server must do the same.
    await sql.query(`select set_config('standard_conforming_strings', 'on', true)`);
    if (searchPath !== undefined) await setSearchPath(sql, searchPath);
    const qualified = await qualify(sql, select.text, analysis);
    refuseVolatile(qualified.functions, 'The statement');
    const { relations: reached, baseTables } = await openViews(sql, qualified.relations);
    const described = await describeColumns(sql, qualified.text);
    refuseColumns(described);
    const columns = await withCollations(sql, qualified.text, described);
    const estimate = await explain(sql, qualified.text);
    const names = columns.map(({ name }) => name);
    const outputs = selectOutputs(select, names);
    const [only, ...others] = qualified.relations;
    const key =
      only !== undefined && others.length === 0 && outputs.key === null ? await primaryKey(sql, only.oid) : [];
    const warnings = [
      ...warningsOf(analysis, qualified, reached, columns, outputs, estimate.versionNumber),
      ...sizeWarning({ outputs }, estimate),
      ...(await zoneWarning(sql, analysis, reached, select.text)),
    ];
    // The last question of the snapshot: it narrows search_path.
    await refuseUnqualifiedBodies(sql, qualified.functions, estimate.versionNumber);
    return {
      definitionSql: qualified.text,
      columns,
      outputs,
      baseTables,
      directRelations: qualified.relations,
      inheritedKey: key.length > 0 && key.every((column) => names.includes(column)) ? key : null,
      ...estimate,
      warnings,
    };
  });
}

function refuseColumns(columns: readonly Column[]): void {
  if (columns.length === 0) throw refuse('The statement has no columns. Select at least one.', 'no columns');
  const seen = new Set<string>();
  for (const { name, type } of columns) {
    if (name === '?column?' || name === '') {
      throw refuse('A column has no name. Give every expression one: ... as amount.', 'column without a name');
    }
    if (name === 'as_of') {
      throw refuse(
        'A column is called as_of, which is the name of the moment that Daybreak puts first in every read model. Give yours another name.',
        'as_of',
      );
    }
    if (systemColumns.has(name)) {
      throw refuse(`A column is called ${name}, as a system column of PostgreSQL. Give it another name.`, name);
    }
    if (seen.has(name)) {
      throw refuse(`Two columns are called ${name}. Give one of them another name: ... as ${name}_2.`, name);
    }
    if (type === 'record' || type === 'void' || type === 'unknown' || type.startsWith('any')) {
      throw refuse(`Column ${name} has the type ${type}, which cannot be stored. Cast it.`, type);
    }
    seen.add(name);
  }
}

interface Estimate {
  readonly expectedRows: number;
  /** Of the largest step of the plan. */
  readonly readRows: number;
  readonly expectedBytes: number;
  readonly expectedCost: number;
  readonly versionNumber: number;
}

/** Bytes of a row beside its columns: header and line pointer. */
const rowOverheadBytes = 28;

async function explain(sql: Sql, definitionSql: string): Promise<Estimate> {
  const [row] = await sql.query<{ 'QUERY PLAN': [{ Plan: Record<string, unknown> }] }>(
    `explain (format json)\n${definitionSql}`,
  );
  const [version] = await sql.query<{ number: number }>(`select current_setting('server_version_num')::int as number`);
  const plan = row?.['QUERY PLAN'][0].Plan ?? {};
  const rows = Number(plan['Plan Rows'] ?? 0);
  return {
    expectedRows: rows,
    readRows: mostRows(plan),
    expectedBytes: rows * (Number(plan['Plan Width'] ?? 0) + rowOverheadBytes),
    expectedCost: Number(plan['Total Cost'] ?? 0),
    versionNumber: version?.number ?? 0,
  };
}

function mostRows(plan: Record<string, unknown>): number {
  const below = Array.isArray(plan['Plans']) ? (plan['Plans'] as Record<string, unknown>[]) : [];
  return Math.max(Number(plan['Plan Rows'] ?? 0), ...below.map(mostRows));
}

/** Below it nobody minds how many rows a model has. */
const fewRows = 1000;

/** A model that is as large as what it reads saves the joins at most. */
function sizeWarning({ outputs }: Pick<CheckedDefinition, 'outputs'>, { expectedRows, readRows }: Estimate): string[] {
  if (outputs.key === null || expectedRows < fewRows || expectedRows < readRows / 2) return [];
  return [
    `The planner expects ${expectedRows} rows of ${readRows} that are read: hardly fewer. Filters by moments, or by what every row has its own of, make the key as fine as the table; let such a parameter keep its value, or cut the time to days.`,
  ];
}

function warningsOf(
  analysis: SelectAnalysis,
  qualified: Qualified,
  reached: readonly FoundRelation[],
  columns: readonly Column[],
  outputs: SelectOutputs,
  versionNumber: number,
): string[] {
  const warnings: string[] = [];
  const floats = columns.filter(({ type }) => isFloat(type)).map(({ name }) => name);
  const guarded = reached.filter(({ rowSecurity }) => rowSecurity).map((relation) => relation.qualified);
  const foreign = reached.filter(({ kind }) => kind === 'f').map((relation) => relation.qualified);
  const unset = qualified.functions.filter(({ interpreted, setsSearchPath }) => interpreted && !setsSearchPath);
  if (qualified.additions.length > 0) warnings.push(`Names were qualified: ${qualified.additions.join(', ')}.`);
  if (analysis.clock.length > 0) {
    warnings.push(
      `The definition depends on the clock (${analysis.clock.join(', ')}): it changes with no row changed, so refresh it fully at the boundary of the business day, or keep the date and bucket when reading.`,
    );
  }
  if (analysis.session.length > 0) {
    warnings.push(
      `The definition depends on who refreshes it (${analysis.session.join(', ')}): readers see the owner's answer.`,
    );
  }
  if (analysis.limitWithoutOrder) {
    warnings.push('LIMIT without ORDER BY may take other rows each time; the fill is then refused as not repeatable.');
  }
  if (outputs.narrowed.length > 0) {
    warnings.push(
      `Columns are cast to a narrow type: ${outputs.narrowed.join(', ')}. Leave sums as numeric and counts as bigint: they neither round nor overflow.`,
    );
  }
  if (floats.length > 0) {
    warnings.push(
      `${floats.join(', ')}: sums of floating point depend on the order of rows, so these columns are not compared. Use numeric.`,
    );
  }
  if (guarded.length > 0)
    warnings.push(`${guarded.join(', ')} has row security: the read model is built with its owner's eyes.`);
  if (foreign.length > 0)
    warnings.push(`${foreign.join(', ')} lies on another server: a refresh depends on reaching it.`);
  if (versionNumber >= 170_000 && unset.length > 0) {
    warnings.push(
      `PostgreSQL 17 and later refresh with search_path = pg_catalog, pg_temp. What the body of ${unset
        .map(({ signature }) => signature)
        .join(
          ', ',
        )} builds from texts at run time has to name its schema, or the fill fails: alter function ... set search_path.`,
    );
  }
  return warnings;
}

const bucketing: ReadonlySet<string> = new Set(['date_trunc', 'to_char', 'date_part', 'extract', 'date_bin']);

/** '2026-02-01' or '2026-02-01 08:00', which is another moment in each time zone. */
const momentWithoutZone = /'\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?'/;

/** Days and months of a `timestamptz` begin where the session's time zone says, unless the text says where. */
async function zoneWarning(
  sql: Sql,
  analysis: SelectAnalysis,
  reached: readonly FoundRelation[],
  text: string,
): Promise<string[]> {
  const buckets =
    analysis.functions.some(({ name }) => bucketing.has(name)) ||
    analysis.types.some(({ name }) => name === 'date') ||
    momentWithoutZone.test(text);
  if (!buckets || /\bat\s+time\s+zone\b/i.test(text)) return [];
  const zoned = (
    await zonedColumns(
      sql,
      reached.map(({ oid }) => oid),
    )
  ).filter((name) => analysis.columnNames.has(name));
  if (zoned.length === 0) return [];
  const [row] = await sql.query<{ zone: string }>(`select current_setting('TimeZone') as zone`);
  return [
    `${zoned.join(', ')} has a time zone: days and months are cut, and moments without a zone are read, in ${row?.zone ?? 'the session zone'}, this connection's zone. Write "at time zone '...'" to fix the business's own.`,
  ];
}
