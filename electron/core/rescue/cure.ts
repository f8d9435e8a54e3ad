import type { Verdict } from '../../../shared/model/diagnosis.ts';
import { proofText } from '../../../shared/model/proof-text.ts';
import type { RunningEngine } from '../create-engine.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';
import type { Ports } from '../ports.ts';
import { findingTitle, type BuiltReadModel, type Rescue } from './rescue-result.ts';
import { stopIfAborted } from './stop-if-aborted.ts';
import type { Story } from './story.ts';

interface Tools {
  readonly ports: Ports;
  readonly story: Story;
  readonly signal: AbortSignal;
}

/** A read model for every culprit with enough evidence that a dashboard widget runs, each proven and then built. */
export async function cure(
  engine: RunningEngine,
  { ports, story, signal }: Tools,
  verdict: Verdict,
  titles: ReadonlyMap<string, string>,
): Promise<{ readModels: BuiltReadModel[]; leftAlone: Rescue['leftAlone'][number][] }> {
  if (verdict.findings.length === 0) {
    story.say('No culprit was found, so nothing is built. With little data there is little to find: try a larger --scale.');
  }
  const readModels: BuiltReadModel[] = [];
  const leftAlone: Rescue['leftAlone'][number][] = [];
  const culprits: { readonly widgetId: string; readonly title: string }[] = [];
  for (const finding of verdict.findings) {
    const { widgetId } = finding.statement;
    const title = findingTitle(finding, titles);
    if (finding.grade !== 'A' && finding.grade !== 'B') {
      leftAlone.push({ title, reason: `grade ${finding.grade}: not enough evidence to build for` });
    } else if (widgetId === null) {
      leftAlone.push({ title, reason: 'no dashboard widget runs this statement' });
    } else if (!culprits.some((one) => one.widgetId === widgetId)) {
      culprits.push({ widgetId, title });
    }
  }
  const proveNext = (at: number) => {
    const culprit = culprits[at];
    if (culprit === undefined || signal.aborted) return null;
    const proving = proven(engine, ports, culprit.widgetId);
    // Awaited when its turn comes; a failure before that is not left unhandled.
    proving.catch(() => undefined);
    return proving;
  };
  let proving = proveNext(0);
  for (const [at, { widgetId, title }] of culprits.entries()) {
    stopIfAborted(signal);
    story.progress(`${title}: comparing a read model with the widget’s own query`, at / culprits.length);
    const compared = await proving;
    stopIfAborted(signal);
    if (compared === null) break;
    // The next proof only reads, beside this one's build.
    proving = proveNext(at + 1);
    const { proposal, proof, proofMs } = compared;
    if (proof.verdict !== 'proven') {
      leftAlone.push({ title, reason: `its read model is not proven: ${proofText(proof)}` });
      continue;
    }
    const plan = await engine.readModels.plan(demoServerId, proposal);
    story.progress(`${plan.readModel}: ${plan.steps.length} steps`, at / culprits.length);
    const execution = await engine.readModels.apply(demoServerId, {
      planId: plan.planId,
      planHash: plan.planHash,
      confirm: plan.confirmWith,
    });
    const { readModel } = await engine.readModels.get(demoServerId, plan.readModel);
    const version = readModel.versions.find(({ version: number }) => number === readModel.currentVersion);
    const built: BuiltReadModel = {
      name: readModel.name,
      version: readModel.currentVersion ?? 0,
      rows: version?.copies[0]?.rows ?? 0,
      asOf: readModel.freshness.asOf ?? '',
      widget: widgetId,
      tookMs: (execution.endedAtMs ?? execution.startedAtMs) - execution.startedAtMs,
      proofMs,
    };
    readModels.push(built);
    story.built(built);
  }
  return { readModels, leftAlone };
}

/** What is proposed for a widget, compared with the query that it runs now. */
async function proven(engine: RunningEngine, { clock }: Ports, widgetId: string) {
  const proposal = await engine.readModels.propose(demoServerId, { kind: 'widget', widgetId });
  const sinceMs = clock.nowMs();
  const proof = await engine.readModels.proofs.prove(demoServerId, { proposal });
  return { proposal, proof, proofMs: clock.nowMs() - sinceMs };
}
