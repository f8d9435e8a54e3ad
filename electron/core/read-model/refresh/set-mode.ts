import { Failure } from '../../../../shared/model/failure.ts';
import type { RefreshMode } from '../../../../shared/model/read-model.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import type { Server } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { installedMigrations, olderRegistry } from '../registry/migrations.ts';
import { periodsAndCosts } from '../registry/migrations/0002-periods-and-costs.ts';
import { readRegistry } from '../registry/read-registry.ts';
import { runLogged } from '../swap/logged-transaction.ts';

export interface SetModeInput {
  readonly server: Server;
  readonly readModel: string;
  /** Null: Daybreak chooses again. */
  readonly mode: RefreshMode | null;
  readonly journal: Journal;
  readonly clock: Clock;
}

/**
 * Writes down how a read model shall be refreshed from now on, whoever does it. Throws `not_found`, and
 * `capability_missing` where the registry is older than that.
 */
export async function setRefreshMode({ server, readModel, mode, journal, clock }: SetModeInput): Promise<void> {
  requireBuildable(server);
  await server.withRegistry(async (session) => {
    const installed = await installedMigrations(session);
    const [model] = installed === null ? [] : await readRegistry(session, readModel);
    if (model === undefined) {
      throw new Failure({
        code: 'not_found',
        message: `There is no read model ${readModel} here. See the list of read models.`,
      });
    }
    if (!installed?.includes(periodsAndCosts.migration)) {
      throw olderRegistry(
        server.serverId,
        `The registry in schema daybreak cannot keep how ${readModel} is refreshed: it was installed by an older Daybreak. Bring it up to date: nothing is built anew for that.`,
      );
    }
    const set = (value: RefreshMode | null): string =>
      `update daybreak.read_model set refresh_mode = ${value === null ? 'null' : quoteLiteral(value)} where name = ${quoteLiteral(readModel)}`;
    await runLogged(
      { session, journal, clock, checkpoint: () => undefined },
      {
        serverId: server.serverId,
        purpose: `${readModel}: how it is refreshed`,
        sql: [set(mode)],
        undoSql: set(model.refreshMode),
        planId: null,
        runId: null,
      },
    );
  });
}
