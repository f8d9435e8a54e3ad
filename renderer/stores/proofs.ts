import type { AskedOriginal, ParameterSet, Proof, ProofStep } from '../../shared/model/proof.ts';
import type { CheckedProposal } from '../../shared/model/proposal.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';

export interface AskedOriginals {
  /** Empty: there is nothing to compare the definition with. */
  readonly originals: readonly AskedOriginal[];
  /** The version that serves, where it has this very definition. */
  readonly unchangedSince: number | null;
}

export interface ProofProgress {
  readonly steps: readonly ProofStep[];
  readonly setCount: number;
}

/** What a proposal has to answer for, each with its proof. */
export async function originalsOf(
  serverId: string,
  proposal: CheckedProposal,
  signal: AbortSignal,
): Promise<AskedOriginals> {
  return unwrap(await client().readModels.originals({ serverId, proposal }, { signal }));
}

/** Compares one of them with its rewriting. `onProgress` is told after each parameter set. */
export async function prove(
  serverId: string,
  proposal: CheckedProposal,
  originalId: string,
  parameterSets: readonly ParameterSet[],
  proofRunId: string,
  onProgress: (progress: ProofProgress) => void,
): Promise<Proof> {
  const look = async () => {
    const reply = await client().readModels.proofProgress({ serverId, proofRunId });
    if (reply.ok && reply.value.running) onProgress(reply.value);
  };
  const stop = onEngineEvent('proof', (event) => {
    if (event === null || event.subject === proofRunId) void look();
  });
  try {
    const sets = parameterSets.length === 0 ? {} : { parameterSets: [...parameterSets] };
    return unwrap(await client().readModels.prove({ serverId, proposal, originalId, proofRunId, ...sets }));
  } finally {
    stop();
  }
}

/** Cancels on the server. */
export async function cancelProof(serverId: string, proofRunId: string): Promise<void> {
  unwrap(await client().readModels.cancelProof({ serverId, proofRunId }));
}
