import type { Statement, StatementClass } from '../../../shared/model/statement.ts';
import type { StatementKind } from '../sql-text/statement-kind.ts';
import { isBackgroundPrint } from './background.ts';
import { classify, type StatementMeasures } from './classify.ts';
import type { Draft, Member, Sums } from './drafts.ts';
import { median } from './history-view.ts';
import type { StoredHistory } from './input.ts';
import { readStatement, textOf } from './read-statement.ts';
import type { StatementGroup } from './statement-group.ts';

export type CatalogedHistory = Pick<StoredHistory, 'statements' | 'overrides' | 'widgets'>;

export interface Known {
  readonly history: CatalogedHistory;
  readonly widgets: ReadonlyMap<string, StoredHistory['widgets'][number]>;
  readonly hours: number;
}

/** What became of a draft, with the class that its counters and runs give it. */
export function finishGroup(draft: Draft, sums: Sums, { history, widgets, hours }: Known): StatementGroup {
  const { members, place } = draft;
  const calls = sums.calls[place] ?? 0;
  const most = mostCalled(members, sums);
  if (most === undefined) throw new Error(`statement group ${draft.groupId} is empty`);
  const representative = most.statement;
  const { textless, text } = readStatement(representative);
  const perCall = (total: Float64Array) => (calls === 0 ? null : (total[place] ?? 0) / calls);
  const fastestMeanMs = sums.fastestMeanMs[place] ?? NaN;
  const runTimes = draft.runsMs;
  const measures: StatementMeasures = {
    calls,
    callsPerHour: calls / hours,
    fastestMeanMs: Number.isNaN(fastestMeanMs) ? null : fastestMeanMs,
    rowsPerCall: perCall(sums.rows),
    blocksPerCall: perCall(sums.blocks),
    tempBlocksPerCall: perCall(sums.tempBlocks),
    walRecordsPerCall: perCall(sums.walRecords),
    longestWorkingMs: runTimes.reduce((longest, one) => Math.max(longest, one), 0),
    runs: { seen: runTimes.length, mostAtOnce: draft.mostAtOnce, medianMs: median(runTimes) ?? 0 },
  };
  const { fingerprint } = representative;
  const widget = widgets.get(fingerprint);
  const applicationNames = draft.applications === null ? [] : [...draft.applications].toSorted();
  const background = isBackgroundPrint(representative.fingerprint);
  const scored = classify(text, measures, applicationNames, history.overrides.get(fingerprint));
  const verdict = background ? { class: 'maintenance' as const, source: 'score' as const } : scored;
  const { key } = representative;
  return new CatalogGroup(
    {
      groupId: draft.groupId,
      class: verdict.class,
      kind: text.kind,
      aggregates: text.aggregates,
      roleNames: rolesOf(members),
      toplevel: key?.toplevel ?? true,
      hidden: textless && key === null,
    },
    () => ({
      statementId: representative.statementId,
      databaseName: representative.databaseName,
      roleName: representative.roleName,
      queryid: key?.queryid ?? null,
      toplevel: key?.toplevel ?? true,
      text: textOf(representative),
      fingerprint,
      class: verdict.class,
      classSource: verdict.source,
      applicationNames,
      widgetId: widget?.widgetId ?? text.tags.get('widget') ?? null,
      ...(widget?.widgetTitle === undefined ? {} : { widgetTitle: widget.widgetTitle }),
    }),
  );
}

/** Of most groups nobody asks for the statement, whose text is read from the store only then. */
class CatalogGroup implements StatementGroup {
  readonly groupId: string;
  readonly class: StatementClass;
  readonly kind: StatementKind;
  readonly aggregates: boolean;
  readonly roleNames: readonly string[];
  readonly toplevel: boolean;
  readonly hidden: boolean;
  #statement: Statement | null = null;
  readonly #describe: () => Statement;

  constructor(group: Omit<StatementGroup, 'statement'>, describe: () => Statement) {
    this.groupId = group.groupId;
    this.class = group.class;
    this.kind = group.kind;
    this.aggregates = group.aggregates;
    this.roleNames = group.roleNames;
    this.toplevel = group.toplevel;
    this.hidden = group.hidden;
    this.#describe = describe;
  }

  get statement(): Statement {
    return (this.#statement ??= this.#describe());
  }
}

function rolesOf(members: readonly Member[]): string[] {
  const [first] = members;
  if (members.length === 1)
    return first === undefined || first.statement.roleName === null ? [] : [first.statement.roleName];
  return [
    ...new Set(members.flatMap(({ statement: { roleName } }) => (roleName === null ? [] : [roleName]))),
  ].toSorted();
}

/** The member that ran most; of those that ran alike one with counters, and the first by its id. */
function mostCalled(members: readonly Member[], { memberCalls }: Sums): Member | undefined {
  if (members.length === 1) return members[0];
  const calls = ({ place }: Member) => memberCalls[place] ?? 0;
  const known = ({ statement }: Member) => (statement.key === null ? 0 : 1);
  const [most] = members.toSorted(
    (a, b) =>
      calls(b) - calls(a) || known(b) - known(a) || (a.statement.statementId < b.statement.statementId ? -1 : 1),
  );
  return most;
}
