import type { OpenFinding } from '../../shared/model/diagnosis.ts';
import type { Statement } from '../../shared/model/statement.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

interface WhichFindings {
  readonly serverId: string;
  /** Also those that are gone or put aside. */
  readonly all: boolean;
}

/** Findings that stay open until nobody runs their statement any more. */
export const openFindings = createAsked(
  async ({ serverId, all }: WhichFindings, signal): Promise<readonly OpenFinding[]> =>
    unwrap(await client().mornings.openFindings({ serverId, all }, { signal })).findings,
  { keeps: (before, next) => before.serverId === next.serverId },
);

/** Puts a finding aside, or takes it up again. Throws FailureError. */
export async function dismissFinding(serverId: string, fingerprint: string, dismissed: boolean): Promise<void> {
  unwrap(await client().mornings.dismissFinding({ serverId, fingerprint, dismissed }));
  const { input } = openFindings.use.getState();
  if (input?.serverId === serverId) await openFindings.load(input);
}

/** Every class that the person set. */
export const classOverrides = createAsked(
  async ({ serverId }: { readonly serverId: string }, signal): Promise<readonly Statement[]> =>
    unwrap(await client().mornings.classOverrides({ serverId }, { signal })).statements,
);
