import type { IndexAdvice } from '../../shared/model/index-advice.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';
import type { WindowOf } from './incident.ts';

interface WhichStatement extends WindowOf {
  readonly statementId: string;
  /** '$1' -> SQL literal. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Indexes that would help a statement, with what every write pays. */
export const indexAdvice = createAsked(async ({ values, ...which }: WhichStatement, signal): Promise<IndexAdvice> =>
  unwrap(
    await client().indexes.advise({ ...which, ...(values === undefined ? {} : { values: { ...values } }) }, { signal }),
  ),
);

/** Indexes that only reporting statements of the window use. */
export const reportIndexes = createAsked(async (window: WindowOf, signal) =>
  unwrap(await client().indexes.onlyReports({ ...window }, { signal })),
);
