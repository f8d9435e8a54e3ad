import { Failure } from '../../../../shared/model/failure.ts';
import { qualifiedName, quoteIdent } from '../sql/quote.ts';
import type { CatalogFacts, RegisteredModel } from './catalog-facts.ts';

/** Throws `permission_denied` with the exact GRANT when the role may not build, flip or drop `schema`.`name` here. */
export function requireRights(facts: CatalogFacts, schema: string, name: string): void {
  const { rights, role, database } = facts;
  const deny = (message: string, action: string): Failure =>
    new Failure({ code: 'permission_denied', message, action });
  const missing = [
    ...(rights.writesRegistry === null ? ['schema daybreak for their registry'] : []),
    ...(rights.createInSchema === null ? [`schema ${schema}`] : []),
  ];
  if (missing.length > 0 && !rights.createInDatabase) {
    throw deny(
      `Role ${role} may not create schemas in database ${database}, and read models need ${missing.join(' and ')}. Nothing was created.`,
      `grant create on database ${quoteIdent(database)} to ${quoteIdent(role)};`,
    );
  }
  if (rights.writesRegistry === false) {
    throw deny(
      `Role ${role} may not write Daybreak's registry in schema daybreak. Nothing was created. Connect as the role that owns it, or become its member.`,
      `select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'daybreak'; -- then: grant that role to ${quoteIdent(role)};`,
    );
  }
  if (rights.createInSchema === false) {
    throw deny(
      `Role ${role} may not create relations in schema ${schema}. Nothing was created.`,
      `grant usage, create on schema ${quoteIdent(schema)} to ${quoteIdent(role)};`,
    );
  }
  const { stableName } = facts;
  if (stableName?.kind === 'v' && !stableName.ownedByUs) {
    const view = qualifiedName(schema, name);
    throw deny(
      `The view ${view} belongs to ${stableName.otherOwner == null ? 'another role' : `role ${stableName.otherOwner}`}, so ${role} may not replace it. Nothing was changed.`,
      `alter view ${view} owner to ${quoteIdent(role)};`,
    );
  }
}

/** The registered model, with a version that readers see. Throws `not_found`. */
export function requireModel(facts: CatalogFacts, name: string): RegisteredModel {
  if (facts.model !== null && facts.model.versions.some(({ state }) => state === 'current')) return facts.model;
  throw new Failure({
    code: 'not_found',
    message: `There is no read model ${name} in database ${facts.database}. See the list of read models.`,
  });
}

/** Throws where the stable name holds something that Daybreak must not replace. */
export function requireOwnStableName(facts: CatalogFacts, schema: string, name: string): void {
  const { stableName, model } = facts;
  if (stableName === null) return;
  const relation = qualifiedName(schema, name);
  if (model === null) {
    throw new Failure({
      code: 'invalid_input',
      message: `${relation} exists already, and is no read model of Daybreak. Choose another name.`,
    });
  }
  if (stableName.kind !== 'v' || stableName.firstColumn !== 'as_of') {
    throw new Failure({
      code: 'invalid_input',
      message: `${relation} is not the stable view that the registry tells of: somebody replaced it. Rename or drop it, then plan again.`,
    });
  }
}

/** Throws `statement_refused` while other read models are built on it. */
export function refuseChildren(name: string, children: readonly string[]): void {
  if (children.length === 0) return;
  const [are, them] = children.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new Failure({
    code: 'statement_refused',
    message: `Read model ${name} cannot be dropped while ${children.join(', ')} ${are} built on it. Drop ${them} first, or build ${them} on something else.`,
    detail: { readModels: children },
  });
}

/** Throws `statement_refused` where the definition reads its own read model, over others or at once. */
export function refuseCycle(name: string, cycle: readonly string[]): void {
  if (cycle.length === 0) return;
  throw new Failure({
    code: 'statement_refused',
    message: `Read model ${name} would be built on itself (${cycle.join(' reads ')}). Take ${cycle[1] ?? name} out of its definition.`,
    detail: { cycle },
  });
}

/** Throws `statement_refused` while something else reads what would go. */
export function refuseDependents(what: string, dependents: readonly string[]): void {
  if (dependents.length === 0) return;
  throw new Failure({
    code: 'statement_refused',
    message: `${what} cannot be dropped while ${dependents.length === 1 ? 'something reads' : 'others read'} it: ${dependents.join('; ')}. Point ${dependents.length === 1 ? 'it' : 'them'} elsewhere first.`,
    detail: { dependents },
  });
}
