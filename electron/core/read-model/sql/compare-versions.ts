import type { Column } from '../../../../shared/model/read-model.ts';
import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { definitionAs, isFloat } from './copies.ts';
import { copyRelation } from './names.ts';

export interface VersionsToCompare {
  readonly schema: string;
  readonly readModel: string;
  readonly previous: { readonly version: number; readonly definitionSql: string; readonly columns: readonly Column[] };
  readonly next: { readonly version: number; readonly copy: string; readonly columns: readonly Column[] };
  readonly keyColumns: readonly string[];
}

/**
 * Compares the new copy with the previous version's definition, row by row over the key, and keeps the summary with the
 * new version. Runs in the transaction that filled the copy, so both sides see one snapshot. Other values are no
 * error: a new version may be made to change them; the summary lets a person see it before anybody reads it. Keys are
 * compared as arrays of one: these are equal where both hold NULL, and FULL JOIN takes no IS NOT DISTINCT FROM.
 */
export function compareVersionsSql({ schema, readModel, previous, next, keyColumns }: VersionsToCompare): string {
  const before = new Map(previous.columns.map(({ name, type }) => [name, type]));
  const shared = next.columns.filter(
    ({ name, type }) => before.get(name) === type && !isFloat(type) && !keyColumns.includes(name),
  );
  const keys = keyColumns.map(quoteIdent);
  const columns = [...keys, ...shared.map(({ name }) => quoteIdent(name))].join(', ');
  const differs = shared.length === 0 ? 'false' : shared.map(differsIn).join(' or ');
  return `update daybreak.version set verification = (
  select jsonb_build_object('comparedWith', ${previous.version},
    'rowsBefore', count(p.daybreak_side), 'rowsNow', count(n.daybreak_side),
    'onlyBefore', count(*) filter (where n.daybreak_side is null),
    'onlyNow', count(*) filter (where p.daybreak_side is null),
    'different', count(*) filter (where p.daybreak_side and n.daybreak_side and (${differs})),
    'byColumn', ${byColumn(shared)},
    'fillMs', ${fillMsSql},
    'fillMsBefore', (select b.verification -> 'fillMs' from daybreak.version b
      where b.read_model = ${quoteLiteral(readModel)} and b.version = ${previous.version}),
    'compareMs', round(extract(epoch from clock_timestamp() - statement_timestamp()) * 1000))
  from (select true as daybreak_side, ${columns} from ${definitionAs(previous.definitionSql, 'd')}) as p
  full join (select true as daybreak_side, ${columns} from ${copyRelation(schema, next.copy)}) as n
    on ${keys.map((key) => `array[p.${key}] = array[n.${key}]`).join(' and ')})
where read_model = ${quoteLiteral(readModel)} and version = ${next.version}`;
}

/** By what they print: versions may collate a column in two ways, and then nothing says which of them compares. */
const differsIn = ({ name }: Pick<Column, 'name'>): string => {
  const text = (side: string) => `${side}.${quoteIdent(name)}::text collate "C"`;
  return `${text('p')} is distinct from ${text('n')}`;
};

const filledAt = 'daybreak.filled_at';
const fillBegan = 'daybreak.fill_began';

/** Around the statement that fills a copy: when it began, and when it had ended, for this transaction. */
export const [fillBeginsSql, fillEndsSql] = [fillBegan, filledAt].map(
  (setting) => `select set_config('${setting}', clock_timestamp()::text, true)`,
) as [string, string];

const fillMsSql = `round(extract(epoch from current_setting('${filledAt}')::timestamptz - current_setting('${fillBegan}')::timestamptz) * 1000)`;

/** For a version that has nothing to be compared with: how long filling it took. */
export const keepFillTimeSql = (readModel: string, version: number): string =>
  `update daybreak.version set verification = jsonb_build_object('fillMs', ${fillMsSql})
where read_model = ${quoteLiteral(readModel)} and version = ${version}`;

/** Arguments of one call of jsonb_build_object are limited to 100. */
const columnsPerObject = 40;

/** In how many groups each column differs; columns without a difference are left out. */
function byColumn(shared: readonly Column[]): string {
  const counts = shared.map(({ name }) => {
    const differs = differsIn({ name });
    return `${quoteLiteral(name)}, nullif(count(*) filter (where p.daybreak_side and n.daybreak_side and ${differs}), 0)`;
  });
  const objects = Array.from({ length: Math.ceil(counts.length / columnsPerObject) }, (_, at) =>
    counts.slice(at * columnsPerObject, (at + 1) * columnsPerObject).join(',\n      '),
  ).map((part) => `jsonb_build_object(${part})`);
  return objects.length === 0 ? `'{}'::jsonb` : `jsonb_strip_nulls(${objects.join(' || ')})`;
}

/** One line for the step's outcome. */
export const fillOutcomeSql = (readModel: string, version: number, copy: string): string =>
  `select format('%s rows, equal to the definition', c.row_count)
  || case when v.verification ->> 'comparedWith' is null then '' else format('; against version %s at the same snapshot: %s rows before, %s only there, %s new, %s with other values',
    v.verification ->> 'comparedWith', v.verification ->> 'rowsBefore', v.verification ->> 'onlyBefore',
    v.verification ->> 'onlyNow', v.verification ->> 'different') end as outcome
from daybreak.copy c join daybreak.version v on v.read_model = c.read_model and v.version = c.version
where v.read_model = ${quoteLiteral(readModel)} and v.version = ${version} and c.copy_id = ${quoteLiteral(copy)}`;
