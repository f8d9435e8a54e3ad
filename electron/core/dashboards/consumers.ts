import type { Widget } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { budgetMinutes } from '../../../shared/model/freshness.ts';
import type { Consumer } from '../../../shared/model/read-model.ts';
import { quoteIdent, quoteLiteral as text } from '../postgres/quote.ts';
import type { Server } from '../postgres/session.ts';
import type { Clock } from '../ports.ts';
import type { Journal } from '../read-model/journal.ts';
import { requireBuildable } from '../read-model/plannable.ts';
import { installedMigrations } from '../read-model/registry/migrations.ts';
import { nightly as nightlyMigration } from '../read-model/registry/migrations/0030-nightly.ts';
import { readRegistry } from '../read-model/registry/read-registry.ts';
import { viewComment } from '../read-model/sql/view-comment.ts';
import { runLogged } from '../read-model/swap/logged-transaction.ts';

/** The stable view's comment needs a lock that readers do not wait for, but a refresh may hold. */
const lockTimeoutMs = 500;

export const consumerName = (widgetId: string): string => `widget:${widgetId}`;

interface ConsumerInput {
  readonly server: Server;
  readonly readModel: string;
  readonly widgetId: string;
  /** null: the widget does not read the read model any more. */
  readonly widget: Pick<Widget, 'budget' | 'owner'> | null;
  readonly journal: Journal;
  readonly clock: Clock;
}

/**
 * Writes down in the registry that a widget reads a read model, within which budget and who speaks for it, and mirrors
 * a changed budget in the stable view's comment. Throws `not_found`, and what keeps this role from writing there.
 */
export async function setConsumer(input: ConsumerInput): Promise<void> {
  const { server, readModel, widgetId, widget, journal, clock } = input;
  requireBuildable(server);
  await server.withRegistry(
    async (session) => {
      const installed = await installedMigrations(session);
      const [model] = installed === null ? [] : await readRegistry(session, readModel);
      if (model === undefined) {
        if (widget === null) return; // dropped together with all that it knew
        throw new Failure({ code: 'not_found', message: `There is no read model ${readModel} in the registry.` });
      }
      const knowsNights = installed?.includes(nightlyMigration.migration) === true;
      const name = consumerName(widgetId);
      const before = model.consumers.find(({ consumer }) => consumer === name) ?? null;
      const wanted: Consumer | null =
        widget === null
          ? null
          : { consumer: name, owner: widget.owner ?? before?.owner ?? model.owner, budget: widget.budget };
      if (JSON.stringify(before) === JSON.stringify(wanted)) return;
      const others = model.consumers.filter(({ consumer }) => consumer !== name);
      const consumers = wanted === null ? others : [...others, wanted];
      const [commentBefore, comment] = [viewComment(model), viewComment({ ...model, consumers })];
      const view = `${quoteIdent(model.schema)}.${quoteIdent(model.name)}`;
      await runLogged(
        { session, journal, clock, checkpoint: () => undefined },
        {
          serverId: server.serverId,
          purpose: wanted === null ? `${readModel}: a widget stopped reading it` : `${readModel}: a widget reads it`,
          sql: [
            setSql(readModel, name, wanted, knowsNights),
            ...(comment === commentBefore ? [] : [`comment on view ${view} is ${text(comment)}`]),
          ],
          undoSql: setSql(readModel, name, before, knowsNights),
          planId: null,
          runId: null,
        },
      );
    },
    { lockTimeoutMs },
  );
}

/** `knowsNights`: an older registry has no column for a nightly budget; there it is a day. */
function setSql(readModel: string, name: string, consumer: Consumer | null, knowsNights: boolean): string {
  if (consumer === null) {
    return `delete from daybreak.consumer where read_model = ${text(readModel)} and consumer = ${text(name)}`;
  }
  const { owner, budget } = consumer;
  const minutes = budget === 'live' ? 'null' : String(budgetMinutes(budget));
  const night = budget !== 'live' && 'nightly' in budget ? `${text(JSON.stringify(budget.nightly))}::jsonb` : 'null';
  const nightly = knowsNights ? { column: ', nightly', value: `, ${night}` } : { column: '', value: '' };
  const renewed = knowsNights ? ', nightly = excluded.nightly' : '';
  return `insert into daybreak.consumer (read_model, consumer, owner, budget_minutes${nightly.column})
values (${text(readModel)}, ${text(name)}, ${text(owner)}, ${minutes}${nightly.value})
on conflict (read_model, consumer) do update set owner = excluded.owner, budget_minutes = excluded.budget_minutes${renewed}`;
}
