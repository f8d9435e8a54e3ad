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
 * error: a new version may be made to change them; the summary lets a person see it before anybody reads it.
 */
export function compareVersionsSql({ schema, readModel, previous, next, keyColumns }: VersionsToCompare): string {
  const before = new Map(previous.columns.map(({ name, type }) => [name, type]));
  const shared = next.columns.filter(
    ({ name, type }) => before.get(name) === type && !isFloat(type) && !keyColumns.includes(name),
  );
  const keys = keyColumns.map(quoteIdent);
  const columns = [...keys, ...shared.map(({ name }) => quoteIdent(name))].join(', ');
  const differs =
    shared.length === 0
      ? 'false'
      : shared
          .map(({ name }) => `p.${quoteIdent(name)}::text is distinct from n.${quoteIdent(name)}::text`)
          .join(' or ');
  return `update daybreak.version set verification = (
  select jsonb_build_object('comparedWith', ${previous.version},
    'rowsBefore', count(p.daybreak_side), 'rowsNow', count(n.daybreak_side),
    'onlyBefore', count(*) filter (where n.daybreak_side is null),
    'onlyNow', count(*) filter (where p.daybreak_side is null),
    'different', count(*) filter (where p.daybreak_side and n.daybreak_side and (${differs})))
  from (select true as daybreak_side, ${columns} from ${definitionAs(previous.definitionSql, 'd')}) as p
  full join (select true as daybreak_side, ${columns} from ${copyRelation(schema, next.copy)}) as n
    on ${keys.map((key) => `p.${key} = n.${key}`).join(' and ')})
where read_model = ${quoteLiteral(readModel)} and version = ${next.version}`;
}

/** One line for the step's outcome. */
export const fillOutcomeSql = (readModel: string, version: number, copy: string): string =>
  `select format('%s rows, equal to the definition', c.row_count)
  || case when v.verification is null then '' else format('; against version %s at the same snapshot: %s rows before, %s only there, %s new, %s with other values',
    v.verification ->> 'comparedWith', v.verification ->> 'rowsBefore', v.verification ->> 'onlyBefore',
    v.verification ->> 'onlyNow', v.verification ->> 'different') end as outcome
from daybreak.copy c join daybreak.version v on v.read_model = c.read_model and v.version = c.version
where v.read_model = ${quoteLiteral(readModel)} and v.version = ${version} and c.copy_id = ${quoteLiteral(copy)}`;
