import type { LoadReport } from '../../../shared/model/demo.ts';
import type { Evidence, Finding, Grade, Timeline, Verdict } from '../../../shared/model/diagnosis.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';

export const phaseNames = ['quiet', 'morning', 'after', 'refreshing'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One stretch of load, with what it measured. Times: this machine's clock, ms since the epoch. */
export interface Phase {
  readonly name: PhaseName;
  readonly fromMs: number;
  readonly toMs: number;
  readonly load: LoadReport;
}

export interface BuiltReadModel {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly asOf: string;
  readonly widget: string;
  readonly tookMs: number;
  /** How long it took to prove that it answers as the widget's own query does. */
  readonly proofMs: number;
}

export interface RescueFacts {
  readonly scale: number;
  readonly managers: number;
  readonly ratePerSecond: number;
  readonly phaseSeconds: number;
  readonly cores: number;
  readonly serverVersion: string;
  readonly seedSeconds: number;
  readonly totalSeconds: number;
  readonly startedAtMs: number;
  readonly timeZone: string;
}

/** Everything a report needs. */
export interface Rescue {
  readonly facts: RescueFacts;
  readonly phases: Readonly<Record<PhaseName, Phase>>;
  readonly verdict: Verdict;
  readonly timeline: Timeline;
  readonly readModels: readonly BuiltReadModel[];
  readonly widgetTitles: ReadonlyMap<string, string>;
  /** Culprits that were left alone, each with the reason. */
  readonly leftAlone: readonly { readonly title: string; readonly reason: string }[];
}

interface PhaseJson {
  readonly save: LoadReport['save'];
  readonly dashboard: LoadReport['dashboard'];
}

/** The one-line object of `rescue --json`: shares are 0..1, latencies in ms. */
export interface RescueJson extends Readonly<Record<PhaseName, PhaseJson>> {
  readonly findings: readonly {
    readonly statement: { readonly queryid: string | null; readonly text: string | null; readonly widget?: string };
    readonly class: StatementClass;
    readonly blameShare: number;
    readonly grade: Grade;
    readonly evidence: readonly Evidence[];
  }[];
  readonly unexplainedShare: number;
  readonly readModels: readonly { readonly name: string; readonly version: number; readonly rows: number; readonly asOf: string }[];
}

export function rescueJson(rescue: Rescue): RescueJson {
  const phase = (name: PhaseName): PhaseJson => ({
    save: rescue.phases[name].load.save,
    dashboard: rescue.phases[name].load.dashboard,
  });
  return {
    quiet: phase('quiet'),
    morning: phase('morning'),
    after: phase('after'),
    refreshing: phase('refreshing'),
    findings: rescue.verdict.findings.map((finding) => ({
      statement: {
        queryid: finding.statement.queryid,
        text: finding.statement.text,
        ...(finding.statement.widgetId === null ? {} : { widget: finding.statement.widgetId }),
      },
      class: finding.class,
      blameShare: finding.blameShare,
      grade: finding.grade,
      evidence: finding.evidence,
    })),
    unexplainedShare: rescue.verdict.unexplainedShare,
    readModels: rescue.readModels.map(({ name, version, rows, asOf }) => ({ name, version, rows, asOf })),
  };
}

/** A name for people: the widget's title, else the beginning of the statement. */
export function findingTitle(finding: Finding, widgetTitles: ReadonlyMap<string, string>): string {
  const { widgetId, text, queryid } = finding.statement;
  const title = widgetId === null ? undefined : widgetTitles.get(widgetId);
  if (title !== undefined) return title;
  if (text === null) return `statement ${queryid ?? 'without a text'}`;
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
