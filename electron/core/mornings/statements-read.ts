import type { DetailedRollup, SampleStore, StoredStatement } from '../history/history.ts';

interface Read {
  /** From here on everything is read. */
  readonly sinceMs: number;
  /** What is read of the time before. */
  readonly earlier: readonly Pick<DetailedRollup, 'statementIds'>[];
  /** A statement that is asked about, whether it was seen then or not. */
  readonly statementId?: string | undefined;
}

/**
 * The statements that occur in what is read, and no others: a fortnight of a program that writes names into its SQL has
 * a hundred thousand texts, of which the hours of a verdict hold a sixth.
 */
export async function statementsRead(
  samples: SampleStore,
  serverId: string,
  { sinceMs, earlier, statementId }: Read,
): Promise<StoredStatement[]> {
  const seen = await samples.statements(serverId, sinceMs);
  const known = new Set(seen.map((one) => Number(one.statementId)));
  const missing = new Set<number>();
  const want = (id: number): void => {
    if (!known.has(id)) missing.add(id);
  };
  for (const { statementIds } of earlier) for (const id of statementIds) want(id);
  if (statementId !== undefined) want(Number(statementId));
  return missing.size === 0 ? seen : [...seen, ...(await samples.statementsById(serverId, [...missing].map(String)))];
}
