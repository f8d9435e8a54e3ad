import { Failure } from '../../../../shared/model/failure.ts';
import type { ProposedRewriting } from '../../../../shared/model/derivation.ts';
import type { MissingValue, RestoredValue } from '../../../../shared/model/explain.ts';
import type { ParameterSet } from '../../../../shared/model/proof.ts';
import { setSearchPath } from '../../postgres/queries/planner-search-path.ts';
import { quoteIdent } from '../../postgres/quote.ts';
import type { ReadonlySession } from '../../postgres/session.ts';
import { withFrozen } from '../prove/sampled-sets.ts';
import { readOneSelect } from '../prove/select-text.ts';
import type { Derived } from './derive/derivation.ts';
import { derive } from './derive/derive.ts';
import { describeWith } from './derive/describe-with.ts';

export interface Culprit {
  /** Normalized, or as it was sent. */
  readonly text: string;
  /** Constants that were restored, and where each came from. */
  readonly values?: readonly RestoredValue[];
  /** Constants that nobody knows. */
  readonly missing?: readonly MissingValue[];
  /** In which its tables are found; without it the connection's own. */
  readonly searchPath?: string;
  /** To prove with. */
  readonly parameterSets?: readonly ParameterSet[];
  /** Parameters ('$1') that shall keep their values although they could filter: the person's word. */
  readonly freeze?: readonly string[];
}

/** A rewriting whose read model has no name yet. */
export interface UnnamedRewriting {
  readonly definitionSql: string;
  readonly keyColumns: readonly string[];
  named(name: string): ProposedRewriting;
}

/** The definition decides what the model is called, so the rewriting is made over this name first. */
const unnamed = 'daybreak_read_model_without_name';

/**
 * The read model that answers a culprit: one that its parameters still filter where that is sound, else its frozen
 * result. Reads no row. Throws `statement_refused` with construct and reason where it is neither, with the values that
 * are `missing` where one of them decides.
 */
export async function rewriteCulprit(
  session: ReadonlySession,
  culprit: Culprit,
  schema: string,
): Promise<UnnamedRewriting> {
  const { text, values = [], missing = [], searchPath, parameterSets = [], freeze = [] } = culprit;
  const known = new Map(values.map(({ name, literal }) => [Number(name.slice(1)), literal]));
  const derivation = await session.snapshot(async (sql) => {
    await sql.query(`select set_config('standard_conforming_strings', 'on', true)`);
    if (searchPath !== undefined) await setSearchPath(sql, searchPath);
    return derive({
      text,
      known,
      freeze: new Set(freeze.map((name) => Number(name.slice(1)))),
      stableName: { schema, name: unnamed },
      describe: describeWith(sql),
    });
  });
  if (derivation.outcome === 'not_derivable') {
    const { construct, why, whatToDo } = derivation;
    if (/^\$\d+$/.test(construct) && missing.length > 0) throw valuesMissing(missing);
    throw new Failure({
      code: 'statement_refused',
      message: `No read model can answer this statement because of ${construct}: ${why} ${whatToDo}`,
      detail: { construct, why, whatToDo },
    });
  }
  const sets = withFrozen(await readOneSelect(text), parameterSets, derivation.frozenParameters);
  const { definitionSql, keyColumns } = derivation;
  return {
    definitionSql,
    keyColumns,
    named: (name) => described(derivation, { text, searchPath: searchPath ?? null, name, sets }),
  };
}

interface Named {
  readonly text: string;
  readonly searchPath: string | null;
  readonly name: string;
  readonly sets: readonly ParameterSet[];
}

function described(derived: Derived, { text, searchPath, name, sets }: Named): ProposedRewriting {
  const [before = '', after, ...more] = derived.rewrittenSql.split(unnamed);
  if (after === undefined || more.length > 0) throw new Error('a rewriting reads its read model once');
  return {
    shape: derived.shape,
    originalSql: text,
    searchPath,
    rewrittenSql: `${before}${quoteIdent(name)}${after}`,
    dimensions: derived.dimensions.map((one) => ({ ...one, parameters: one.parameters.map((n) => `$${n}`) })),
    period: derived.period,
    frozenParameters: derived.frozenParameters.map((one) => ({ ...one })),
    notFree: derived.notFree,
    changes: [...derived.changes],
    parameterSets: sets.map((set) => ({ ...set })),
  };
}

function valuesMissing(missing: readonly MissingValue[]): Failure {
  const named = missing.map(({ name, context }) => (context === name ? name : `${name} in ${context}`)).join('; ');
  return new Failure({
    code: 'statement_refused',
    message: `The statistics keep this statement without its constants, and no sample shows the values of ${named}. Give them, or paste the SELECT with its constants.`,
    detail: { construct: missing[0]?.name ?? '$1', missing: [...missing] },
  });
}
