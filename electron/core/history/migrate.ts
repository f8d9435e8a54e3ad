import type Database from 'better-sqlite3';
import { Failure } from '../../../shared/model/failure.ts';
import { migrations, type Migration } from './migrations/index.ts';

/** 'Dayb': tells our file from any other SQLite file. */
export const applicationId = 0x44617962;

/** The store has steps that this Daybreak does not know. */
export class NewerStore extends Failure {}

export interface Migrated {
  readonly from: number;
  readonly to: number;
}

const newestOf = (steps: readonly Migration[]): number => steps.at(-1)?.version ?? 0;

/** Brings the store to the newest step, each step in a transaction of its own; null when there was nothing to do. */
export function migrate(db: Database.Database, steps: readonly Migration[] = migrations): Migrated | null {
  const from = pragmaNumber(db, 'user_version');
  const newest = newestOf(steps);
  for (const step of steps) {
    if (step.version <= from) continue;
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
  return from < newest ? { from, to: newest } : null;
}

/**
 * Throws `Failure('storage_failed')` for a file of another program, and `NewerStore` for one of a newer Daybreak. Only
 * reads: such a file stays as it is.
 */
export function refuseUnknown(db: Database.Database, steps: readonly Migration[] = migrations): void {
  const from = pragmaNumber(db, 'user_version');
  const newest = newestOf(steps);
  refuseForeign(db);
  if (from > newest) {
    throw new NewerStore({
      code: 'storage_failed',
      message:
        `The local store ${db.name} was written by a newer Daybreak (store version ${from}, this one knows ${newest}). ` +
        'Start the newer Daybreak, or use another profile.',
      detail: { file: db.name, version: from, known: newest },
    });
  }
}

function refuseForeign(db: Database.Database): void {
  const id = pragmaNumber(db, 'application_id');
  if (id === applicationId) return;
  const { tables } = db.prepare<[], { tables: number }>('select count(*) as tables from sqlite_schema').get() ?? {
    tables: 0,
  };
  if (id === 0 && tables === 0) return;
  throw new Failure({
    code: 'storage_failed',
    message: `${db.name} is an SQLite file of another program. Use another profile, or move that file away.`,
    detail: { file: db.name, applicationId: id },
  });
}

function pragmaNumber(db: Database.Database, name: string): number {
  return Number(db.pragma(name, { simple: true }));
}
