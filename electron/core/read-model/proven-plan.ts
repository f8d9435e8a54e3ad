import { Failure } from '../../../shared/model/failure.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { AnsweredOriginal, Proof, ProofVerdict } from '../../../shared/model/proof.ts';
import { proofText } from '../../../shared/model/proof-text.ts';
import type { FoundOriginal, Originals } from './originals.ts';
import { proofHash } from './proof-hash.ts';

/** An original with the proof of exactly these texts; null: none was made. */
export interface KnownOriginal extends FoundOriginal {
  readonly proof: Proof | null;
}

/**
 * The plan with what is proven of its proposal, and with how each widget asks that it moves. Throws `unproven` where
 * something is not proven, unless the person has said that it may be built all the same: `unproven`. Pure.
 */
export function provenPlan(plan: Plan, found: Originals, known: readonly KnownOriginal[], unproven: boolean): Plan {
  if (plan.proposal === null) return { ...plan, proof: null };
  const originals = known.map(answered);
  const lacking = known.flatMap((one, at) => {
    const { verdict = null, text = '' } = originals[at] ?? {};
    return verdict === 'proven' || (one.unchanged && verdict === null) ? [] : [`Against ${one.label}: ${text}`];
  });
  if (known.length === 0 && found.unchangedSince === null) lacking.push(againstNothing);
  const texts = originals.map(({ label, text }) => `${label}: ${text}`);
  const kept: Plan = {
    ...plan,
    proposal: { ...plan.proposal, ...(Object.keys(found.queries).length === 0 ? {} : { queries: found.queries }) },
    proof: {
      verdict: weakest(originals),
      proofHash: originals[0]?.proofHash ?? '',
      text: texts.length > 0 ? texts.join('\n') : nothingText(found.unchangedSince),
      originals,
    },
  };
  if (lacking.length === 0) return kept;
  if (unproven) {
    const warnings = lacking.map((why) => `${why} It is built because a person said so.`);
    return { ...kept, unproven: true, warnings: [...plan.warnings, ...warnings] };
  }
  throw new Failure({
    code: 'unproven',
    message: `${plan.readModel} is not proven. ${lacking.join(' ')} ${known.length === 0 ? 'Say' : 'Prove it, or say'} that it may be built unproven.`,
    detail: {
      verdict: weakest(originals),
      originals: originals.map(({ originalId, label, verdict }) => ({ originalId, label, verdict })),
    },
  });
}

const againstNothing =
  'Not proven against anything: its definition was written by hand, and there is no statement, widget or SELECT to compare it with.';

const nothingText = (unchangedSince: number | null): string =>
  unchangedSince === null ? againstNothing : `Its definition is that of version ${unchangedSince}, which serves now.`;

function answered(known: KnownOriginal): AnsweredOriginal {
  const { originalId, kind, label, originalSql, searchPath, rewrittenSql, frozenParameters } = known;
  return {
    originalId,
    kind,
    label,
    originalSql,
    searchPath,
    rewrittenSql,
    frozenParameters: [...frozenParameters],
    verdict: known.proof?.verdict ?? null,
    proofHash: proofHash(known),
    text: textOf(known.proof, rewrittenSql, known.unchanged),
  };
}

function textOf(proof: Proof | null, rewrittenSql: string | null, unchanged: boolean): string {
  if (proof !== null) return `${proofWords[proof.verdict]} ${proofText(proof)}`;
  if (unchanged) return 'Definition and query are those that serve now; they were not compared again.';
  if (rewrittenSql === null) return 'It has no rewritten query over the read model that could be compared with it.';
  return 'Its rewritten query was never compared with it, as it stands now.';
}

const proofWords: Readonly<Record<ProofVerdict, string>> = {
  proven: 'Proven.',
  partly: 'Less than proven.',
  disproven: 'The rewritten query returned other rows.',
  inconclusive: 'Its proof says nothing yet.',
};

const fromWeakest = ['disproven', null, 'inconclusive', 'partly', 'proven'] as const;

const weakest = (originals: readonly AnsweredOriginal[]): ProofVerdict | null =>
  fromWeakest.find((verdict) => originals.some((one) => one.verdict === verdict)) ?? null;
