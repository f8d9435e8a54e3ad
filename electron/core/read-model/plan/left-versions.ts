import { deleteReadModelSql, deleteVersionSql } from '../sql/registry-rows.ts';
import type { CatalogFacts, RegisteredVersion } from './catalog-facts.ts';
import { dropCopiesSql } from './copies-now.ts';
import { flipStep, type DraftStep } from './steps.ts';

/** What a killed plan of another profile left: nobody reads it, and its name is needed. */
export const removeLeftover = (
  facts: CatalogFacts,
  schema: string,
  name: string,
  left: RegisteredVersion,
  whole: boolean,
): DraftStep => ({
  title: `Remove version ${left.version}, which an interrupted plan left unfinished`,
  kind: 'registry',
  sql: [
    ...dropCopiesSql(facts, schema, left),
    ...(whole ? deleteReadModelSql(name) : deleteVersionSql(name, left.version)),
  ],
  lock: 'ACCESS EXCLUSIVE on copies that nobody reads',
  blocks: 'nothing in use',
  undoSql: [],
  undoNote: 'It was never finished and never read.',
});

/** What nobody goes back to, once the plan has switched. */
export const dropOld = (
  facts: CatalogFacts,
  schema: string,
  name: string,
  { version, copies, period }: RegisteredVersion,
): DraftStep => ({
  ...flipStep(
    {
      title: `Drop version ${version}, which nobody rolls back to`,
      schema,
      readModel: name,
      kind: 'drop',
      inUse: false,
    },
    [...dropCopiesSql(facts, schema, { copies, period }), ...deleteVersionSql(name, version)],
    [],
  ),
  lock:
    copies.length === 0 ? 'ROW EXCLUSIVE on the tables of schema daybreak' : `ACCESS EXCLUSIVE on ${copies.join(', ')}`,
  undoNote: 'The last thing that the plan does. Its definition is in the activity log.',
});
