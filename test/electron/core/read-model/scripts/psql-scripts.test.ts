import { expect, test } from 'vitest';
import { detachScript, uninstallScript } from '../../../../../electron/core/read-model/scripts/psql-scripts.ts';

/** Names that PostgreSQL allows, and that would end a comment. */
const target = { database: 'erp\ndrop table erp.invoice;', role: 'anna\r\n\\! rm -rf /' };

test.each([
  ['detach', detachScript(target, ['sales'], [1, 2, 10])],
  ['uninstall', uninstallScript(target)],
])('a line break in the name of a database or a role stays within the comments of the %s script', (_, script) => {
  expect(script).not.toMatch(/^\s*(drop table erp|\\!)/m);
  expect(script).toContain('drop table erp.invoice;');
  const head = script.slice(0, script.indexOf('\\set ON_ERROR_STOP on'));
  expect(head.split(/[\n\r]/).filter((line) => line !== '' && !line.startsWith('-- '))).toEqual([]);
});
