import type { Explained, MissingValue } from '../../shared/model/explain.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

interface WhichStatement {
  readonly serverId: string;
  readonly statementId: string;
}

/** Plans of the statement that were taken before, newest first. */
export const storedPlans = createAsked(
  async ({ serverId, statementId }: WhichStatement, signal): Promise<readonly Explained[]> =>
    unwrap(await client().explain.list({ serverId, statementId }, { signal })).explained,
);

/** Two stored plans beside each other. */
export const comparedPlans = createAsked(
  async (
    input: { readonly serverId: string; readonly beforeExplainId: string; readonly afterExplainId: string },
    signal,
  ) => unwrap(await client().explain.compare({ ...input }, { signal })),
);

export interface ExplainWish extends WhichStatement {
  /** '$1' -> SQL literal. */
  readonly values: Readonly<Record<string, string>>;
  /** Runs the statement, inside a transaction that is rolled back; null: it is only planned. */
  readonly analyze: { readonly timeoutMs: number } | null;
}

export type ExplainAnswer =
  | { readonly kind: 'explained'; readonly explained: Explained }
  | { readonly kind: 'values_needed'; readonly missing: readonly MissingValue[]; readonly sql: string };

/** Plans a statement; the plan is stored. Throws FailureError. */
export async function explain({ serverId, statementId, values, analyze }: ExplainWish): Promise<ExplainAnswer> {
  const answer = unwrap(
    await client().explain.run({
      serverId,
      statementId,
      ...(Object.keys(values).length === 0 ? {} : { values: { ...values } }),
      ...(analyze === null ? {} : { analyze: true, timeoutMs: analyze.timeoutMs }),
    }),
  );
  const { input } = storedPlans.use.getState();
  if (answer.kind === 'explained' && input?.statementId === statementId) await storedPlans.load(input);
  return answer;
}

/** Ends an ANALYZE that is running, on the server. Throws FailureError. */
export async function cancelExplain({ serverId, statementId }: WhichStatement): Promise<void> {
  unwrap(await client().explain.cancel({ serverId, statementId }));
}
