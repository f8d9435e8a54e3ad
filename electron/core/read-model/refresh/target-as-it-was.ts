import { Failure } from '../../../../shared/model/failure.ts';
import { readGrants } from '../../postgres/queries/catalog-grants.ts';
import { readRelation } from '../../postgres/queries/catalog-stable-name.ts';
import { qualifiedName } from '../../postgres/quote.ts';
import type { RefreshSession } from '../../postgres/session.ts';
import type { RefreshTarget } from './refresh-target.ts';

/**
 * The target with the stable view as it stands just before the switch: the hidden copy may have been filled for an hour.
 * Options that somebody set meanwhile are restated like the others. Throws `statement_refused` with what changed where a
 * switch would undo it: the view's columns, and rights on the copy.
 */
export async function targetAsItWas(session: RefreshSession, target: RefreshTarget): Promise<RefreshTarget> {
  const { model, live, view } = target;
  const name = qualifiedName(model.schema, model.name);
  const now = await readRelation(session, model.schema, model.name);
  // Gone or made anew: the switch itself looks for that, under its lock.
  if (now === null || now.oid !== view.oid) return target;
  const [, ...columns] = now.columns;
  const grants = await readGrants(session, model.schema, live.copy);
  const changed = [
    ...(JSON.stringify(columns) === JSON.stringify(view.columns) ? [] : [`the columns of ${name} were changed`]),
    ...(JSON.stringify(grants) === JSON.stringify(live.grants)
      ? []
      : [`rights on ${qualifiedName(model.schema, live.copy)} were given or taken`]),
  ];
  if (changed.length === 0) return { ...target, view: { ...view, options: now.options } };
  throw new Failure({
    code: 'statement_refused',
    message: `While it was filled, ${changed.join(', and ')}. Refresh it again, which goes by that.`,
    detail: { changed },
    retryable: true,
  });
}
