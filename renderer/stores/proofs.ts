import type { ParameterSet, Proof, ProofStep } from '../../shared/model/proof.ts';
import type { CheckedProposal } from '../../shared/model/read-model.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';

export interface ProofProgress {
  readonly steps: readonly ProofStep[];
  readonly setCount: number;
}

/** The last proof of a proposal exactly as it stands; null: never proven. */
export async function knownProof(serverId: string, proposal: CheckedProposal): Promise<Proof | null> {
  return unwrap(await client().readModels.proof({ serverId, proposal }));
}

/** Compares the statement with its rewriting. `onProgress` is told after each parameter set. */
export async function prove(
  serverId: string,
  proposal: CheckedProposal,
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
    return unwrap(await client().readModels.prove({ serverId, proposal, proofRunId, ...sets }));
  } finally {
    stop();
  }
}

/** Cancels on the server. */
export async function cancelProof(serverId: string, proofRunId: string): Promise<void> {
  unwrap(await client().readModels.cancelProof({ serverId, proofRunId }));
}
