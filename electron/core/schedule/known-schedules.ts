import { Failure } from '../../../shared/model/failure.ts';
import type { Schedule } from '../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import type { OpenServer } from '../connections/known-servers.ts';
import type { Clock } from '../ports.ts';
import type { Journal } from '../read-model/journal.ts';
import { olderRegistry } from '../read-model/registry/migrations.ts';
import { ScheduleChanges } from '../read-model/registry/schedule-changes.ts';
import { ScheduleTables } from '../read-model/registry/schedule-registry.ts';
import type { ScheduledModel, ScheduleRows } from '../read-model/registry/schedule-state.ts';
import { indexModels, type Models } from './decide/needs.ts';
import { scheduleProblem } from './decide/schedule-problem.ts';
import { viewModel } from './view-model.ts';

/** The schedules of a server as its registry has them at one moment, and what changes them. */
export interface KnownSchedules {
  readonly server: OpenServer;
  readonly tables: ScheduleTables;
  readonly changes: ScheduleChanges;
  readonly rows: ScheduleRows;
  readonly models: Models;
}

/** Throws `not_found` and `capability_missing` where no schedules are kept there, with what to do. */
export async function readyTables(server: OpenServer): Promise<ScheduleTables> {
  const tables = new ScheduleTables(server);
  const { state, message } = await tables.look();
  if (state === 'ready') return tables;
  if (state === 'older') throw olderRegistry(server.serverId, message ?? '');
  throw new Failure({ code: state === 'none' ? 'not_found' : 'capability_missing', message: message ?? '' });
}

/** Throws as `readyTables`. */
export async function knownSchedules(
  server: OpenServer,
  tools: { readonly journal: Journal; readonly clock: Clock },
): Promise<KnownSchedules> {
  const tables = await readyTables(server);
  const rows = await tables.state();
  return { server, tables, changes: new ScheduleChanges(server, tools), rows, models: indexModels(rows.models) };
}

/** Throws `not_found`, and `invalid_input` for a schedule that cannot be. */
export function requireModel({ rows, server }: KnownSchedules, readModel: string, schedule?: Schedule): ScheduledModel {
  const model = rows.models.find((one) => one.readModel === readModel);
  if (model === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `There is no read model ${readModel} in database ${server.facts.databaseName}. See the list of read models.`,
    });
  }
  const problem = schedule === undefined ? null : scheduleProblem(readModel, schedule, rows.models, rows.nowMs);
  if (problem !== null) throw new Failure({ code: 'invalid_input', message: problem });
  return model;
}

/** Throws `not_found`. */
export function viewOf(known: KnownSchedules, readModel: string): ScheduledModelView {
  const { rows, models } = known;
  return viewModel(requireModel(known, readModel), models, rows.calendars, rows.nowMs);
}
