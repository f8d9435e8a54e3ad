import type { Column } from '../../../../../shared/model/read-model.ts';

/** Name and type of each output of a SELECT, as the server would give them; reads no row. */
export type Describe = (selectSql: string) => Promise<readonly Column[]>;

export interface DeriveInput {
  /** The culprit: one SELECT, normalized (`$n`) or as it was sent. */
  readonly text: string;
  /** Number of a parameter -> SQL text of the literal that it stood for, as far as it is known. */
  readonly known: ReadonlyMap<number, string>;
  /** Parameters that shall keep their known values although they could filter. */
  readonly freeze?: ReadonlySet<number>;
  /** What the rewritten query reads. */
  readonly stableName: { readonly schema: string; readonly name: string };
  readonly describe: Describe;
}

/** Finest unit of time that a model keeps of a column; `instant`: every value as it is. */
export type Grain = 'instant' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Types of columns, as `format_type` calls them, by `nodeKey`. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** A key column of the model. */
export interface Dimension {
  readonly column: string;
  /** What it is in the definition, as SQL. */
  readonly expression: string;
  /** Numbers of the parameters that filter by it; empty: only the chart groups by it. */
  readonly parameters: readonly number[];
}

/** A parameter, or a word that a definition may not hold, that keeps the value that it had. */
export interface FrozenParameter {
  /** '$3'. */
  readonly name: string;
  readonly literal: string;
}

export interface Derived {
  readonly outcome: 'derived';
  /** free: some parameter still filters; frozen: the constants of this one statement are kept. */
  readonly shape: 'free' | 'frozen';
  /** One SELECT without parameters, clock or session words, whose column names are unique. */
  readonly definitionSql: string;
  /** Columns that identify a row of the model. May hold NULL. Empty: one row, or no key can be told. */
  readonly keyColumns: readonly string[];
  readonly dimensions: readonly Dimension[];
  /** The key column of time that a range filters, with what is kept of it. */
  readonly period: { readonly column: string; readonly grain: Grain } | null;
  /** The culprit over the stable name: same parameters under their numbers, same outputs in name, order and type. */
  readonly rewrittenSql: string;
  readonly frozenParameters: readonly FrozenParameter[];
  /** What kept the filters of a frozen result from staying free; null where there are none, or it is not frozen. */
  readonly notFree: Refusal | null;
  /** What differs from the culprit, a sentence each. */
  readonly changes: readonly string[];
}

/** Why a statement does not become a read model. */
export interface Refusal {
  /** As it is written in SQL: 'count(DISTINCT)', '$3', 'random()', 'FOR UPDATE'. */
  readonly construct: string;
  readonly why: string;
  readonly whatToDo: string;
}

export type Derivation = Derived | ({ readonly outcome: 'not_derivable' } & Refusal);

/** Carries a refusal to `derive`, which answers it as a value. */
export class NotDerivable extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(`${refusal.construct}: ${refusal.why}`);
    this.name = 'NotDerivable';
    this.refusal = refusal;
  }
}

export const refused = (construct: string, why: string, whatToDo: string): NotDerivable =>
  new NotDerivable({ construct, why, whatToDo });
