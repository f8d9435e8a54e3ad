import type { Plan } from '../../../shared/model/read-model.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import type { Server } from '../postgres/session.ts';

/**
 * Throws `capability_missing` on a replica and behind a pooler that does not keep session locks, and `permission_denied`
 * on a connection that is set to read-only.
 */
export function requireBuildable(server: Server): void {
  requirePlannable(server);
  if (server.settings.readOnly) throw readOnly(server);
}

const readOnly = ({ settings, facts }: Server): Failure =>
  new Failure({
    code: 'permission_denied',
    message: `The connection ${settings.label} is set to read-only, so Daybreak changes nothing in database ${facts.databaseName}. Copy the plan as a script for somebody who may run it, or take that setting off under Connections.`,
  });

/** A plan as it may be shown there: on a connection that is set to read-only it is a script. */
export const asAllowed = (server: Server, plan: Plan): Plan =>
  server.settings.readOnly ? { ...plan, scriptOnly: { message: readOnly(server).message, action: null } } : plan;

/** Throws `capability_missing` where nothing can be built, whoever runs it. */
export function requirePlannable(server: Server): void {
  requireCapability(server.facts, 'primary');
  requireCapability(server.facts, 'session_state');
}
