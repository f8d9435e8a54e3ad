import type { History, StoredStatement } from '../history/history.ts';

/** Where the store does not know whose texts they are, the last stretch of this server's samples is read. */
const stretchMs = 2 * 3_600_000;
const mostTexts = 20;

/** Texts of a statement as this server's sessions sent them, the newest first. */
export async function sampledTexts(
  history: History,
  serverId: string,
  { fingerprint, databaseName }: StoredStatement,
): Promise<readonly string[]> {
  const known = await history.explained.sampledTexts(serverId, fingerprint);
  if (known !== null) return known;
  const extent = await history.samples.extent(serverId);
  if (extent === null) return [];
  const same = new Set(
    (await history.samples.statements(serverId))
      .filter((one) => one.fingerprint === fingerprint && one.databaseName === databaseName)
      .map(({ statementId }) => statementId),
  );
  const samples = await history.samples.samples(serverId, extent.toMs - stretchMs, extent.toMs);
  const texts = new Set<string>();
  for (const { rows } of samples.toReversed()) {
    for (const { statementId, row } of rows) if (statementId !== null && same.has(statementId)) texts.add(row.query);
    if (texts.size >= mostTexts) break;
  }
  return [...texts];
}
