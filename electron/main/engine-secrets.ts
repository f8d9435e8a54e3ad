import { Failure } from '../../shared/model/failure.ts';
import type { SecretStore } from '../core/ports.ts';
import type { SecretRequest, ToEngine } from './engine-messages.ts';

type SecretAnswer = Extract<ToEngine, { type: 'secret' }>;
type SecretQuestion = SecretRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** The engine's side of the system's password store: only the main process may ask it (safeStorage). */
export interface RemoteSecrets extends SecretStore {
  answer(message: SecretAnswer): void;
}

export function remoteSecrets(ask: (request: SecretRequest) => void): RemoteSecrets {
  const waiting = new Map<number, PromiseWithResolvers<string | null>>();
  let lastId = 0;
  const request = (question: SecretQuestion) => {
    const id = ++lastId;
    const answer = Promise.withResolvers<string | null>();
    waiting.set(id, answer);
    ask({ ...question, id });
    return answer.promise;
  };
  return {
    kind: 'system',
    get: (key) => request({ type: 'secret', op: 'get', key }),
    set: async (key, secret) => void (await request({ type: 'secret', op: 'set', key, secret })),
    remove: async (key) => void (await request({ type: 'secret', op: 'remove', key })),
    answer({ id, secret, error }) {
      const answer = waiting.get(id);
      waiting.delete(id);
      if (error === null) answer?.resolve(secret);
      else {
        answer?.reject(
          new Failure({
            code: 'storage_failed',
            message: `The system's password store refused: ${error}. Unlock it and try again.`,
            retryable: true,
          }),
        );
      }
    },
  };
}
