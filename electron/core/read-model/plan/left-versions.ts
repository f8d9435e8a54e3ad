import { copyKindOf, dropCopySql, type CopyKind } from '../sql/copies.ts';
import { deleteReadModelSql, deleteVersionSql } from '../sql/registry-rows.ts';
import type { RegisteredVersion } from './catalog-facts.ts';
import { flipStep, type DraftStep } from './steps.ts';

/** What a killed plan of another profile left: nobody reads it, and its name is needed. */
export const removeLeftover = (
  schema: string,
  name: string,
  { version, copies, period }: RegisteredVersion,
  whole: boolean,
): DraftStep => ({
  title: `Remove version ${version}, which an interrupted plan left unfinished`,
  kind: 'registry',
  sql: [
    ...copies.map((copy) => dropCopySql(copyKindOf(period), schema, copy)),
    ...(whole ? deleteReadModelSql(name) : deleteVersionSql(name, version)),
  ],
  lock: 'ACCESS EXCLUSIVE on copies that nobody reads',
  blocks: 'nothing in use',
  undoSql: [],
  undoNote: 'It was never finished and never read.',
});

/** What nobody goes back to, once the plan has switched. */
export const dropOld = (
  schema: string,
  name: string,
  { version, copies }: RegisteredVersion,
  copyKind: CopyKind,
): DraftStep => ({
  ...flipStep(
    {
      title: `Drop version ${version}, which nobody rolls back to`,
      schema,
      readModel: name,
      kind: 'drop',
      inUse: false,
    },
    [...copies.map((copy) => dropCopySql(copyKind, schema, copy)), ...deleteVersionSql(name, version)],
    [],
  ),
  lock:
    copies.length === 0 ? 'ROW EXCLUSIVE on the tables of schema daybreak' : `ACCESS EXCLUSIVE on ${copies.join(', ')}`,
  undoNote: 'The last thing that the plan does. Its definition is in the activity log.',
});
