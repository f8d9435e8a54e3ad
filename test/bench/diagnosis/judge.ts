import { diagnose } from '../../../electron/core/diagnosis/diagnose.ts';
import type { Evidence, Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { naiveAnswers } from './naive.ts';
import type { Expectation, Span } from './plan.ts';
import { scenarioOf } from './scenarios/scenarios.ts';
import { shown, type StoredRun } from './stored-run.ts';
import { truthOf, type Truth } from './truth.ts';

/** One run, judged. */
export interface Judged {
  readonly scenario: string;
  readonly seed: number;
  readonly loadAverage: number;
  readonly othersCores: number | null;
  /** The verdict's first finding is who it must be, and graded better than a coincidence; null where nobody is. */
  readonly top1: boolean | null;
  /** All that the scenario demands: evidence, grade, class, badge, group, nobody. */
  readonly asDemanded: boolean;
  /** What of it is missing, in words. */
  readonly shortOf: readonly string[];
  /** Somebody is accused (grade A or B) who did not do it. */
  readonly falselyAccused: readonly string[];
  readonly conclusion: Verdict['conclusion'];
  readonly sentence: string;
  readonly first: Named | null;
  /** Share of the damage that the culprits' findings carry, and the true one. */
  readonly share: number;
  readonly trueShare: number | null;
  readonly shareError: number | null;
  readonly unexplainedShare: number;
  readonly truth: Truth;
  readonly predicted: Predicted;
  /** True where the ranking's first is the culprit. */
  readonly naive: { readonly totalTime: boolean; readonly overlap: boolean; readonly pearson: boolean } | null;
  readonly naiveNames: { readonly totalTime: string; readonly overlap: string; readonly pearson: string };
  readonly findings: readonly Named[];
  readonly load: {
    readonly saves: number;
    readonly failed: number;
    readonly unfinished: number;
    readonly lagP99Ms: number;
  };
  readonly diagnoseMs: number;
}

export interface Named {
  readonly text: string;
  readonly class: string;
  readonly grade: string;
  readonly share: number;
  readonly evidence: readonly string[];
  readonly caveats: readonly string[];
  readonly members: number;
}

/**
 * Both sides of the prediction are the same quantity: execution time of the saving statements and the time between
 * them, per save, as the verdict's `meanMs` measures it on the server. `measuredMs` is that of the paired stretch. The
 * clients' means (from the intended moment, waiting for a connection and COMMIT included) stand in `Truth`.
 */
export interface Predicted {
  readonly predictedMs: number | null;
  readonly measuredMs: number | null;
  /** |predicted - measured| / measured. */
  readonly error: number | null;
  readonly incidentMs: number | null;
}

export function judge(run: StoredRun): Judged {
  const { expect } = scenarioOf(run.scenario, run.seed);
  const input = shown(run);
  const startedMs = performance.now();
  const verdict = diagnose(input);
  const diagnoseMs = performance.now() - startedMs;
  const truth = truthOf(run);
  const ofCulprit = (finding: Finding) => isCulprit(expect, finding);
  const culprits = verdict.findings.filter(ofCulprit);
  const [first] = verdict.findings;
  const share = culprits.reduce((sum, { blameShare }) => sum + blameShare, 0);
  const shortOf = shortcomings(expect, verdict);
  const naive = naiveAnswers(input, isSaving);
  const right = (text: string | null) => text !== null && matches(expect, text);
  const hasCulprit = expect.kind === 'culprit';
  return {
    scenario: run.scenario,
    seed: run.seed,
    loadAverage: run.loadAverage,
    othersCores: run.othersCores,
    top1: hasCulprit ? first !== undefined && ofCulprit(first) && first.grade !== 'D' : null,
    asDemanded: shortOf.length === 0,
    shortOf,
    falselyAccused: accused(verdict)
      .filter((finding) => !ofCulprit(finding))
      .map(({ statement }) => brief(statement.text)),
    conclusion: verdict.conclusion,
    sentence: verdict.sentence,
    first: first === undefined ? null : named(first),
    share,
    trueShare: truth.share,
    shareError: truth.share === null ? null : Math.abs(share - truth.share),
    unexplainedShare: verdict.unexplainedShare,
    truth,
    predicted: prediction(run, verdict, culprits),
    naive: hasCulprit
      ? { totalTime: right(naive.totalTime), overlap: right(naive.overlap), pearson: right(naive.pearson) }
      : null,
    naiveNames: {
      totalTime: brief(naive.totalTime),
      overlap: brief(naive.overlap),
      pearson: brief(naive.pearson),
    },
    findings: verdict.findings.slice(0, 6).map(named),
    load: {
      saves: run.client.saves.length,
      failed: run.client.failed,
      unfinished: run.client.unfinished,
      lagP99Ms: run.client.lagP99Ms,
    },
    diagnoseMs,
  };
}

/** What of the table in "Ground truth" the verdict does not say. */
export function shortcomings(expect: Expectation, verdict: Verdict): string[] {
  const { findings, conclusion, badges } = verdict;
  const [first] = findings;
  switch (expect.kind) {
    case 'nobody':
      return accused(verdict).map(({ statement }) => `accuses ${brief(statement.text)}`);
    case 'not_identifiable': {
      const told = findings.some(
        (finding) => isCulprit(expect, finding) && finding.caveats.some(({ kind }) => kind === 'not_identifiable'),
      );
      return [
        ...(told ? [] : ['does not say of the report that it is not identifiable']),
        ...(conclusion === 'not_identifiable' ? [] : [`concludes ${conclusion}`]),
        ...accused(verdict).map(({ statement }) => `accuses ${brief(statement.text)}`),
      ];
    }
    case 'group': {
      const texts = first === undefined ? [] : [first.statement, ...first.members].map(({ text }) => text);
      const missing = expect.markers.filter((marker) => !texts.some((text) => holds(text, marker)));
      return [
        ...missing.map((marker) => `the group lacks ${marker}`),
        ...(first?.grade === 'D' ? ['the group has grade D'] : []),
      ];
    }
    case 'culprit': {
      const culprit = findings.find((finding) => isCulprit(expect, finding));
      if (culprit === undefined) return ['the culprit is not among the findings'];
      const { decoy } = expect;
      const decoyAt = decoy === undefined ? -1 : findings.findIndex(({ statement }) => holds(statement.text, decoy));
      const wrong = [
        [culprit !== first, 'the culprit is not the first finding'],
        [culprit.grade === 'D', 'grade D'],
        [expect.grade !== undefined && culprit.grade !== expect.grade, `grade ${culprit.grade}, not ${expect.grade}`],
        [
          !culprit.evidence.some((piece) => expect.evidence.includes(piece.kind) && carries(piece)),
          `evidence ${culprit.evidence.map(({ kind }) => kind).join('+')}, not ${expect.evidence.join(' or ')}`,
        ],
        [expect.class !== undefined && culprit.class !== expect.class, `class ${culprit.class}, not ${expect.class}`],
        [
          expect.badge !== undefined && !badges.some(({ kind, tone }) => kind === expect.badge && tone === 'warning'),
          `no ${expect.badge} badge`,
        ],
        [
          expect.caveat !== undefined && !culprit.caveats.some(({ kind }) => kind === expect.caveat),
          `caveats ${culprit.caveats.map(({ kind }) => kind).join('+') || 'none'}, not ${expect.caveat}`,
        ],
        [decoyAt >= 0 && decoyAt < findings.indexOf(culprit), 'the decoy stands before the culprit'],
        [
          decoyAt >= 0 && ['A', 'B'].includes(findings[decoyAt]?.grade ?? ''),
          `the decoy is accused (grade ${findings[decoyAt]?.grade})`,
        ],
      ] as const;
      return wrong.flatMap(([is, text]) => (is ? [text] : []));
    }
  }
}

function prediction(run: StoredRun, verdict: Verdict, culprits: readonly Finding[]): Predicted {
  const predictedMs = culprits[0]?.ifGoneMeanMs ?? null;
  const measuredMs = measuredWithout(run);
  const error = predictedMs === null || measuredMs === null ? null : Math.abs(predictedMs - measuredMs) / measuredMs;
  return { predictedMs, measuredMs, error, incidentMs: verdict.meanMs };
}

/** The mean of a save in the pair, its halves by the saves of each, ms; null where one of them does not show a save. */
function measuredWithout({ history, startedAtMs, plan: { paired, quiet } }: StoredRun): number | null {
  const moments = ({ fromMs, toMs }: Span) => ({ fromMs: startedAtMs + fromMs, toMs: startedAtMs + toMs });
  let saves = 0;
  let totalMs = 0;
  for (const half of paired) {
    const verdict = diagnose({ ...history, ...moments(half), baseline: moments(quiet) });
    if (verdict.meanMs === null) return null;
    saves += verdict.saves;
    totalMs += verdict.saves * verdict.meanMs;
  }
  return saves === 0 ? null : totalMs / saves;
}

/**
 * Accounts for damage. A spill that the page cache swallowed hurts through the processors, so there the piece need only
 * tell how much was moved: a megabyte in a run at least.
 */
const carries = ({ kind, damageSeconds, text }: Evidence): boolean =>
  damageSeconds > 0 || (kind === 'temp_io' && /\d [MGT]B of temporary files/.test(text));

const accused = ({ findings }: Verdict): readonly Finding[] =>
  findings.filter(({ grade }) => grade === 'A' || grade === 'B');

const isCulprit = (expect: Expectation, { statement, members }: Finding): boolean =>
  [statement, ...members].some(({ text }) => text !== null && matches(expect, text));

function matches(expect: Expectation, text: string): boolean {
  switch (expect.kind) {
    case 'culprit':
    case 'not_identifiable':
      return holds(text, expect.marker);
    case 'group':
      return expect.markers.some((marker) => holds(text, marker));
    case 'nobody':
      return false;
  }
}

const holds = (text: string | null, marker: string): boolean =>
  (text ?? '').toLowerCase().replace(/\s+/g, ' ').includes(marker);

/** The savers' own statements, from begin to commit: what a DBA would call the invoice program. */
const isSaving = (text: string): boolean =>
  /^(insert into erp\.(ar_invoice|ar_invoice_line|stock_movement|gl_entry)\b|update erp\.stock set on_hand|select (c\.)?credit_limit\b|begin$|commit$)/.test(
    text,
  );

const named = ({ statement, members, ...finding }: Finding): Named => ({
  text: brief(statement.text),
  class: finding.class,
  grade: finding.grade,
  share: finding.blameShare,
  evidence: finding.evidence.map(({ kind, share }) => `${kind} ${share.toFixed(2)}`),
  caveats: finding.caveats.map(({ kind }) => kind),
  members: members.length,
});

const brief = (text: string | null): string => (text === null ? '-' : text.replace(/\s+/g, ' ').slice(0, 70));
