import type { CheckedProposal, Column, PlanKind, PlanStep } from '../../../../shared/model/read-model.ts';
import { qualifiedName, quoteIdent, quoteLiteral } from '../sql/quote.ts';
import {
  analyzeCopySql,
  compareWithDefinitionSql,
  copyKindOf,
  createCopySql,
  dropCopySql,
  fillCopySql,
  fillTableSql,
  giveCopySql,
  keySql,
  setAsOfSql,
} from '../sql/copies.ts';
import {
  compareVersionsSql,
  fillBeginsSql,
  fillEndsSql,
  fillOutcomeSql,
  keepFillTimeSql,
} from '../sql/compare-versions.ts';
import { grantsSql, type Grant } from '../sql/grants.ts';
import { commitAtOnce, flipLockTimeout, takeXactLock, writerLockKey } from '../sql/locks.ts';
import { copyRelation } from '../sql/names.ts';
import type { PreparationStep, RegisteredVersion, RoleFacts } from './catalog-facts.ts';

/** A step before it has its number. */
export type DraftStep = Omit<PlanStep, 'step' | 'transactional' | 'undoNote'> & { readonly undoNote?: string };

export const number = (drafts: readonly DraftStep[]): PlanStep[] =>
  drafts.map((draft, at) => ({ undoNote: null, ...draft, step: at + 1, transactional: true }));

const nothing = 'nothing in use';

export function preparationStep({ title, sql, undoSql }: PreparationStep): DraftStep {
  const altered = sql.flatMap((statement) => /^alter table (daybreak\.\w+)/.exec(statement)?.[1] ?? []);
  return {
    title,
    kind: 'registry',
    sql: [...sql],
    lock: `ACCESS EXCLUSIVE on ${['what it creates', ...new Set(altered)].join(', ')}`,
    blocks: altered.length === 0 ? nothing : 'the end of refreshes, for a moment; no reader',
    undoSql: [...undoSql],
  };
}

export const registerStep = (title: string, sql: string[], undoSql: string[]): DraftStep => ({
  title,
  kind: 'registry',
  sql,
  lock: 'ROW EXCLUSIVE on the tables of schema daybreak',
  blocks: nothing,
  undoSql,
});

/** The version that a plan builds, and what it is compared with. */
export interface BuildTarget {
  readonly schema: string;
  readonly readModel: string;
  readonly version: number;
  readonly copy: string;
  readonly checked: CheckedProposal;
  readonly columns: readonly Column[];
  readonly parents: readonly string[];
  readonly previous: Pick<RegisteredVersion, 'version' | 'definitionSql' | 'keyColumns' | 'columns'> | null;
  /** Rights on the copy before, which the new one gets, too. */
  readonly grants: readonly Grant[];
  /** Of the stable view, where that is not the role that builds. */
  readonly otherOwner?: string | null | undefined;
}

/** Create, fill and prove, key, statistics: nothing of it is visible to readers. */
export function buildSteps(target: BuildTarget): DraftStep[] {
  const { schema, readModel, version, copy, checked, columns, parents, previous, grants, otherOwner } = target;
  const { definitionSql, keyColumns, period } = checked.proposal;
  const kind = copyKindOf(period);
  const relation = copyRelation(schema, copy);
  const baseTables = checked.baseTables.length === 0 ? '' : `ACCESS SHARE on ${checked.baseTables.join(', ')}`;
  const noUndo = { undoSql: [], undoNote: `Goes with ${copy}.` };
  const comparable =
    previous !== null &&
    keyColumns.length > 0 &&
    previous.keyColumns.toSorted().join('\n') === keyColumns.toSorted().join('\n') &&
    keyColumns.every((key) => {
      const [before, now] = [previous.columns, columns].map((of) => of.find(({ name }) => name === key));
      const collated = before?.collation === undefined || before.collation === (now?.collation ?? null);
      return before?.type === now?.type && collated;
    });
  return [
    {
      title: `Create ${copy}, empty and hidden`,
      kind: 'create',
      sql: [
        createCopySql(kind, schema, copy, definitionSql),
        ...giveCopySql(kind, schema, copy, otherOwner),
        ...grantsSql(
          schema,
          copy,
          grants.filter(({ column }) => column === null || columns.some(({ name }) => name === column)),
        ),
      ],
      lock: baseTables === '' ? nothing : `${baseTables}, for a moment`,
      blocks: nothing,
      undoSql: [dropCopySql(kind, schema, copy)],
    },
    {
      title: `Fill ${copy} and prove it equal to its definition`,
      kind: 'fill',
      sql: [
        'set transaction isolation level repeatable read',
        fillBeginsSql,
        period == null ? fillCopySql(schema, copy) : fillTableSql(schema, copy, definitionSql, keyColumns, period),
        fillEndsSql,
        setAsOfSql(schema, copy, parents),
        compareWithDefinitionSql(schema, copy, definitionSql, columns),
        ...(comparable
          ? [compareVersionsSql({ schema, readModel, previous, next: { version, copy, columns }, keyColumns })]
          : [keepFillTimeSql(readModel, version)]),
        fillOutcomeSql(readModel, version, copy),
      ],
      lock: [`${kind === 'table' ? 'ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE'} on ${relation}`, baseTables]
        .filter((lock) => lock !== '')
        .join(', '),
      blocks: 'nobody who reads or writes; only a change of the structure of the tables it reads waits for its end',
      ...noUndo,
    },
    ...(keyColumns.length === 0
      ? []
      : [
          {
            title: `Make the key (${keyColumns.join(', ')}) unique`,
            kind: 'index' as const,
            sql: keySql(schema, copy, keyColumns, period),
            lock: `${kind === 'table' ? 'ACCESS EXCLUSIVE' : 'SHARE'} on ${relation}`,
            blocks: nothing,
            ...noUndo,
          },
        ]),
    {
      title: `Gather statistics of ${copy}`,
      kind: 'analyze',
      sql: [analyzeCopySql(schema, copy)],
      lock: `SHARE UPDATE EXCLUSIVE on ${relation}`,
      blocks: nothing,
      ...noUndo,
    },
  ];
}

export interface FlipText {
  readonly title: string;
  readonly schema: string;
  readonly readModel: string;
  readonly kind: PlanKind;
  /** True where readers know the name already. */
  readonly inUse: boolean;
  /** Other views that are made anew with it. */
  readonly alsoLocks?: readonly string[];
}

/**
 * The one moment that readers notice: short, under a lock timeout, tried again. The view comes last in `sql`, so that
 * its lock is held for no longer than its own statement and the commit.
 */
export function flipStep(text: FlipText, sql: readonly string[], undoSql: readonly string[]): DraftStep {
  const { title, schema, readModel, inUse } = text;
  const opening = [flipLockTimeout, takeXactLock(writerLockKey(readModel)), commitAtOnce];
  return {
    title,
    kind: text.kind === 'drop' ? 'drop' : 'flip',
    sql: [...opening, ...sql],
    lock: `ACCESS EXCLUSIVE on view ${[qualifiedName(schema, readModel), ...(text.alsoLocks ?? [])].join(', ')}`,
    blocks: inUse ? 'its readers, for a moment; gives up after 150 ms and tries again' : nothing,
    undoSql: undoSql.length === 0 ? [] : [...opening, ...undoSql],
  };
}

export function commentStep(schema: string, name: string, comment: string, before: string | null): DraftStep {
  const view = qualifiedName(schema, name);
  const set = (text: string | null) => `comment on view ${view} is ${text === null ? 'null' : quoteLiteral(text)}`;
  return {
    title: 'Say on the view what it answers and who owns it',
    kind: 'comment',
    sql: [set(comment)],
    lock: `SHARE UPDATE EXCLUSIVE on view ${view}`,
    blocks: nothing,
    undoSql: [set(before)],
  };
}

/** What a role lacks to read the stable name; null when it lacks nothing. A definer's view: it needs nothing else. */
export function grantStep(schema: string, name: string, role: RoleFacts, mayGrantUsage: boolean): DraftStep | null {
  const grantee = role.name === 'public' ? 'public' : quoteIdent(role.name);
  const usage = !role.usesSchema && mayGrantUsage;
  if (!usage && role.readsStableName) return null;
  const view = qualifiedName(schema, name);
  return {
    title: `Let ${role.name} read it`,
    kind: 'grant',
    sql: [
      ...(usage ? [`grant usage on schema ${quoteIdent(schema)} to ${grantee}`] : []),
      ...(role.readsStableName ? [] : [`grant select on ${view} to ${grantee}`]),
    ],
    lock: 'rows of the catalog',
    blocks: nothing,
    undoSql: [
      ...(role.readsStableName ? [] : [`revoke select on ${view} from ${grantee}`]),
      ...(usage ? [`revoke usage on schema ${quoteIdent(schema)} from ${grantee}`] : []),
    ],
  };
}
