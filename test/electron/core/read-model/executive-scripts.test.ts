import { expect, test } from 'vitest';
import { executiveScript, takeAwayScript } from '../../../../electron/core/read-model/scripts/executive-scripts.ts';

/** What psql would run: without comments of a whole line. */
const statements = (script: string): string =>
  script
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n');

const hostile = 'boss"; drop schema erp cascade; --\n\\! rm -rf / \n:x $role$ o\'hara\\';
const views = [
  { schema: 'reporting', name: 'sales' },
  { schema: 'Odd "schema"', name: "o'hara" },
];

test('grants the stable views and the columns that a label needs, and nothing else', () => {
  const script = executiveScript({ database: 'erp', role: 'boss', views });
  expect(statements(script).match(/^ *grant .*$/gm)).toEqual([
    'grant connect on database erp to boss;',
    'grant usage on schema "Odd ""schema""" to boss;',
    'grant usage on schema reporting to boss;',
    'grant select on reporting.sales to boss;',
    'grant select on "Odd ""schema"""."o\'hara" to boss;',
    'grant usage on schema daybreak to boss;',
    'grant select (read_model, version, state, live_slot) on daybreak.version to boss;',
    'grant select (read_model, version, slot, data_as_of) on daybreak.copy to boss;',
    '    grant select (name, definition) on daybreak.calendar to boss;',
    '    grant select (read_model, paused_at, stopped_at) on daybreak.schedule to boss;',
  ]);
  expect(script).toContain('alter role boss set default_transaction_read_only = on;');
  expect(script).toContain('A belt, and no more');
});

test('a name cannot leave its place: neither its quotes, nor the comment that tells of it', () => {
  for (const script of [
    executiveScript({ database: hostile, role: hostile, views }),
    takeAwayScript({ database: hostile, role: hostile }),
  ]) {
    const quoted = `"${hostile.replaceAll('"', '""')}"`;
    const literal = `E'${hostile.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
    const outside = statements(script).replaceAll(quoted, 'ROLE').replaceAll(literal, 'LITERAL');
    expect(outside).not.toContain('drop schema');
    expect(outside).not.toContain('\\!');
    expect(outside.match(/^\\.*$/gm)).toEqual(['\\set ON_ERROR_STOP on']);
  }
});
