import { proofSchema, type Proof } from '../../../shared/model/proof.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

export function createProofReader(prepare: Prepare) {
  return {
    proof(serverId: string, proofHash: string): Proof | null {
      const row = prepare<{ body: string }>('select body from proof where server_key = ? and proof_hash = ?').get(
        knownServerKey(prepare, serverId),
        proofHash,
      );
      return row === undefined ? null : proofSchema.parse(JSON.parse(row.body));
    },
  };
}
