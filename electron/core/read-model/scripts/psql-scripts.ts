import { sqlComment } from '../../../../shared/format/sql-comment.ts';
import { terminatedSql } from '../../../../shared/format/terminated-sql.ts';
import { missingMigrations, type MigrationScript } from '../registry/migrations.ts';
import { detachSql } from '../sql/detach.ts';
import { doBlock } from '../sql/dollar-quote.ts';
import { uninstallSql } from '../sql/freeze.ts';

/** Where a script belongs: shown at its head, and looked at by nobody but its reader. */
export interface ScriptTarget {
  readonly database: string;
  /** The role that Daybreak connects as. */
  readonly role: string;
}

/** A script waits longer than the engine, which tries again; readers queue behind it meanwhile. */
const patience = `set local lock_timeout = '5s'`;

/**
 * For a vendor's upgrade: suspends read models with psql, each in a transaction of its own. It reads the registry when it
 * runs, so it holds however often they were refreshed since; run again, it does what is left. Pure.
 */
export function detachScript(target: ScriptTarget, names: readonly string[], installed: readonly number[]): string {
  return script(
    [
      `Detaches read models of Daybreak in database ${target.database}: ${names.join(', ')}.`,
      'Their last rows stay readable under their names, in plain tables; nothing hangs on the tables of the ERP any more.',
      'Afterwards Daybreak shows them as suspended, and "resume" builds them anew against the new schema.',
    ],
    target,
    [
      ...missingMigrations(installed, true).map((step) =>
        transaction(`Registry, step ${step.migration}`, [guarded(step)]),
      ),
      ...names.map((name) => transaction(name, detachSql(name))),
    ],
  );
}

/** For an administrator: takes the registry away with psql, in one transaction. Pure. */
export function uninstallScript(target: ScriptTarget): string {
  const [, ...statements] = uninstallSql;
  return script(
    [
      `Takes Daybreak's registry out of database ${target.database}.`,
      'Stable views stay in use, with the as-of of their last refresh written into them. Nothing refreshes them any more.',
    ],
    target,
    [transaction('All of it or nothing', statements)],
  );
}

function script(says: readonly string[], { database, role }: ScriptTarget, parts: readonly string[]): string {
  const head = [
    ...says.map(sqlComment),
    sqlComment(`Run it as role ${role}, or as a superuser: psql -X -f this-file.sql ${database}`),
    '\\set ON_ERROR_STOP on',
    'set standard_conforming_strings = on;',
  ];
  return `${[head.join('\n'), ...parts].join('\n\n')}\n`;
}

const transaction = (title: string, statements: readonly string[]): string =>
  [sqlComment(title), 'begin;', ...[patience, ...statements].map(terminatedSql), 'commit;'].join('\n');

/** A step of the registry, unless somebody has done it meanwhile. */
const guarded = ({ migration, sql }: MigrationScript): string =>
  doBlock(
    'step',
    '',
    `  if not exists (select from daybreak.migration where migration = ${migration}) then\n${sql
      .map((statement) => `    ${terminatedSql(statement.replace(/^select /, 'perform '))}`)
      .join('\n')}\n  end if;`,
  );
