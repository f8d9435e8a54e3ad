import { isFailure } from '../../../../shared/model/failure.ts';
import type { Server } from '../../postgres/session.ts';
import { chooseMode, type RefreshChoice } from './choose-mode.ts';
import { readTarget } from './refresh-target.ts';

/**
 * How the next refresh would go as things stand, and why; null where the view or its copy was taken away, and while the
 * read model is suspended. Reads only.
 */
export async function nextRefresh(server: Server, readModel: string): Promise<RefreshChoice | null> {
  try {
    return await server.withReadonly((session) =>
      session.snapshot(async (sql) => {
        const target = await readTarget(sql, readModel);
        return chooseMode(target, { mode: target.model.refreshMode, periods: 'open' });
      }),
    );
  } catch (error) {
    const none =
      isFailure(error) && (error.value.code === 'not_found' || error.value.detail?.['suspended'] !== undefined);
    if (!none) throw error;
    return null;
  }
}
