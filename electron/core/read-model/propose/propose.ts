import {
  proposalSchema,
  type CheckedProposal,
  type Consumer,
  type Proposal,
} from '../../../../shared/model/read-model.ts';
import type { ExpectedSaving } from '../../../../shared/model/derivation.ts';
import type { Budget } from '../../../../shared/model/freshness.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import { readRelationNames } from '../../postgres/queries/catalog-relation-names.ts';
import type { ReadonlySession, Server } from '../../postgres/session.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { readRegistry } from '../registry/read-registry.ts';
import { requireUsableSchema } from '../sql/names.ts';
import { advise } from './advice.ts';
import { checkDefinition, type CheckedDefinition } from './check-definition.ts';
import { periodWarnings, requirePeriod } from './require-period.ts';
import { rewriteCulprit, type Culprit, type UnnamedRewriting } from './rewrite-culprit.ts';
import { freeName, nameFrom, nameOf, questionOf, readerSqlFor, suggestKey } from './suggest.ts';

/** Where a proposal begins. A widget brings a better definition than its own query, and knows its name and owner. */
export type ProposalOrigin =
  | (Culprit & { readonly kind: 'statement'; readonly statementId: string })
  | {
      readonly kind: 'widget';
      readonly widget: {
        readonly widgetId: string;
        readonly title: string;
        readonly question: string;
        readonly budget?: Budget;
        /** Its query over base tables. */
        readonly liveSql?: string;
      };
      readonly definitionSql: string;
      readonly keyColumns?: readonly string[];
      /** The widget's query over the model; without it the model's columns are read as they are. */
      readonly readerSql?: string;
      readonly name?: string;
      readonly owner?: string;
    }
  | { readonly kind: 'sql'; readonly sql: string }
  /** Written down as a definition, in a file or for a version: nobody asked it. */
  | { readonly kind: 'definition'; readonly sql: string };

export interface ProposeInput {
  readonly server: Server;
  readonly schema: string;
  readonly origin: ProposalOrigin;
  /** The person's edits; what is left out is suggested. */
  readonly edits?: Partial<Proposal>;
  /** What the finding expects of it. */
  readonly saving?: ExpectedSaving | null;
}

/** Tactical reports: 15 to 60 minutes. */
const defaultBudget = { minutes: 60 };

/**
 * A starting point for a read model, checked against the server; creates nothing. A culprit statement is rewritten over
 * it: see `rewriteCulprit`. Throws `statement_refused` with the construct, `invalid_input` for names and keys that cannot
 * be, and what the server refuses to this role.
 */
export async function propose({
  server,
  schema,
  origin,
  edits = {},
  saving = null,
}: ProposeInput): Promise<CheckedProposal> {
  requireUsableSchema(schema);
  return server.withReadonly(async (session) => {
    const rewriting = origin.kind === 'statement' ? await rewritingOf(session, origin, schema, edits) : null;
    const definition = await checkDefinition(
      session,
      edits.definitionSql ?? rewriting?.definitionSql ?? textOf(origin),
      origin.kind === 'statement' && edits.definitionSql === undefined ? origin.searchPath : undefined,
    );
    const suggested = rewriting === null ? suggestKey(definition) : { keyColumns: rewriting.keyColumns, warning: null };
    const originKey = origin.kind === 'widget' ? origin.keyColumns : undefined;
    const keyColumns = edits.keyColumns ?? originKey ?? suggested.keyColumns;
    const owner = edits.owner ?? (origin.kind === 'widget' ? origin.owner : undefined) ?? server.facts.roleName;
    const proposal = checked({
      name: edits.name ?? (await suggestName(session, schema, origin, definition, keyColumns)),
      question:
        edits.question ?? (origin.kind === 'widget' ? origin.widget.question : questionOf(definition, keyColumns)),
      owner,
      definitionSql: definition.definitionSql,
      keyColumns: [...keyColumns],
      consumers: edits.consumers ?? (origin.kind === 'widget' ? [widgetConsumer(origin.widget, owner)] : []),
      grantTo: edits.grantTo ?? [],
      ...(edits.period === undefined ? {} : { period: edits.period }),
    });
    requireKey(proposal.keyColumns, definition);
    await requirePeriod(session, proposal, definition.columns);
    const keyIsGuess = edits.keyColumns === undefined && originKey === undefined;
    // The widget's own query over the model fits its own definition under its own name only.
    const asShipped =
      origin.kind === 'widget' &&
      origin.readerSql !== undefined &&
      edits.definitionSql === undefined &&
      proposal.name === (origin.name ?? nameFrom(origin.widget.title));
    const derivation = rewriting?.named(proposal.name);
    return {
      ...describedBy(definition),
      proposal,
      warnings: [
        ...definition.warnings,
        ...(origin.kind === 'widget' && origin.widget.budget === 'live' && edits.consumers === undefined
          ? [`The widget is live now; over a read model its number is up to ${defaultBudget.minutes} minutes old.`]
          : []),
        ...periodWarnings(proposal, definition.baseTables),
        ...(keyIsGuess && suggested.warning !== null ? [suggested.warning] : []),
      ],
      readerSql:
        asShipped && origin.readerSql !== undefined
          ? origin.readerSql
          : readerSqlFor(schema, proposal.name, definition.columns, proposal.keyColumns),
      origin: origin.kind === 'definition' ? 'sql' : origin.kind,
      statementId: origin.kind === 'statement' ? origin.statementId : null,
      widgetId: origin.kind === 'widget' ? origin.widget.widgetId : null,
      constantsFrozen:
        derivation !== undefined && (derivation.shape === 'frozen' || derivation.frozenParameters.length > 0),
      constants: origin.kind === 'statement' ? [...(origin.values ?? [])] : [],
      ...(derivation === undefined ? {} : { derivation }),
      ...(origin.kind === 'widget' && origin.widget.liveSql !== undefined ? { liveSql: origin.widget.liveSql } : {}),
      ...(origin.kind === 'sql' ? { askedSql: origin.sql } : {}),
      ...adviceFor(proposal, definition, derivation),
      saving,
    };
  });
}

/** Where the person wrote a definition of their own, a statement that has no rewriting is no obstacle. */
async function rewritingOf(
  session: ReadonlySession,
  culprit: Culprit,
  schema: string,
  edits: Partial<Proposal>,
): Promise<UnnamedRewriting | null> {
  try {
    return await rewriteCulprit(session, culprit, schema);
  } catch (error) {
    if (edits.definitionSql === undefined || !isFailure(error) || error.value.code !== 'statement_refused') throw error;
    return null;
  }
}

const adviceFor = (
  { keyColumns, period }: Proposal,
  { expectedRows, expectedCost }: CheckedDefinition,
  derivation: CheckedProposal['derivation'],
) =>
  advise({
    expectedRows,
    expectedCost,
    keyColumns,
    cutByPeriod: period !== undefined,
    period: derivation?.period ?? null,
  });

/**
 * Checks a proposal again that came from outside: whoever sends it may have changed any part. The definition is parsed
 * and described anew.
 */
export async function recheck(server: Server, proposed: CheckedProposal): Promise<CheckedProposal> {
  const proposal = checked(proposed.proposal);
  return server.withReadonly(async (session) => {
    const definition = await checkDefinition(session, proposal.definitionSql);
    requireKey(proposal.keyColumns, definition);
    await requirePeriod(session, { ...proposal, definitionSql: definition.definitionSql }, definition.columns);
    return {
      ...proposed,
      ...describedBy(definition),
      proposal: { ...proposal, definitionSql: definition.definitionSql },
      warnings: [...new Set([...proposed.warnings, ...definition.warnings])],
      ...adviceFor(proposal, definition, proposed.derivation),
    };
  });
}

const describedBy = ({ columns, expectedRows, expectedBytes, expectedCost, baseTables }: CheckedDefinition) => ({
  columns: [...columns],
  expectedRows,
  expectedBytes,
  expectedCost,
  baseTables: [...baseTables],
});

function textOf(origin: ProposalOrigin): string {
  switch (origin.kind) {
    case 'statement':
      return origin.text;
    case 'widget':
      return origin.definitionSql;
    case 'sql':
    case 'definition':
      return origin.sql;
  }
}

async function suggestName(
  sql: Parameters<typeof checkDefinition>[0],
  schema: string,
  origin: ProposalOrigin,
  definition: CheckedDefinition,
  keyColumns: readonly string[],
): Promise<string> {
  // A widget that is proposed again means the next version of its own read model.
  if (origin.kind === 'widget') return origin.name ?? nameFrom(origin.widget.title);
  const models = (await installedMigrations(sql)) === null ? [] : await readRegistry(sql);
  const same = models.find(({ versions }) =>
    versions.some(({ state, definitionSql }) => state === 'current' && definitionSql === definition.definitionSql),
  );
  if (same !== undefined) return same.name;
  const taken = new Set([...models.map(({ name }) => name), ...(await readRelationNames(sql, schema))]);
  return freeName(nameOf(definition, keyColumns), taken);
}

/** A widget that was live until now accepts the age of a tactical report; the warning says so. */
const widgetConsumer = ({ widgetId, budget }: { widgetId: string; budget?: Budget }, owner: string): Consumer => ({
  consumer: `widget:${widgetId}`,
  owner,
  budget: budget === undefined || budget === 'live' ? defaultBudget : budget,
});

function checked(proposal: Proposal): Proposal {
  const parsed = proposalSchema.safeParse(proposal);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure({
      code: 'invalid_input',
      message: `The proposal cannot be used: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another shape'}.`,
    });
  }
  const live = parsed.data.consumers.find(({ budget }) => budget === 'live');
  if (live !== undefined) {
    throw new Failure({
      code: 'invalid_input',
      message: `${live.consumer} wants a live number, and a read model is as old as its last refresh. Give it a budget in minutes or a nightly one, or keep it on its live query.`,
    });
  }
  return parsed.data;
}

function requireKey(keyColumns: readonly string[], { columns }: CheckedDefinition): void {
  const names = new Set(columns.map(({ name }) => name));
  const missing = keyColumns.filter((column) => !names.has(column));
  if (missing.length > 0 || new Set(keyColumns).size !== keyColumns.length) {
    throw new Failure({
      code: 'invalid_input',
      message: `The key (${keyColumns.join(', ')}) must name columns of the definition, each once. It has: ${[...names].join(', ')}.`,
      detail: { missing },
    });
  }
}
