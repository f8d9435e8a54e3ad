import type { Proof } from '../../../shared/model/proof.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

/** Proofs kept of one server; the oldest goes. Data changes, so an old one says little anyway. */
const kept = 200;

export function createProofWriter(prepare: Prepare) {
  return {
    saveProof(serverId: string, proof: Proof): void {
      const serverKey = serverKeyOf(prepare, serverId);
      prepare(
        `insert into proof (server_key, proof_hash, proven_at_ms, body) values (?, ?, ?, ?)
         on conflict (server_key, proof_hash) do update set proven_at_ms = excluded.proven_at_ms, body = excluded.body`,
      ).run(serverKey, proof.proofHash, proof.provenAtMs, JSON.stringify(proof));
      prepare(
        `delete from proof where server_key = ? and proof_hash in
           (select proof_hash from proof where server_key = ? order by proven_at_ms desc limit -1 offset ${kept})`,
      ).run(serverKey, serverKey);
    },
  };
}
