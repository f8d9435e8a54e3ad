import { qualifiedName, quoteIdent } from '../../postgres/quote.ts';

/** As `RelationGrant` of the catalog has it. */
export interface Grant {
  readonly grantee: string;
  readonly privilege: string;
  readonly column: string | null;
  readonly grantable: boolean;
}

/** Gives a relation the rights that another has: one statement for each grantee, and for what he may pass on. */
export function grantsSql(schema: string, relation: string, grants: readonly Grant[]): string[] {
  const groups = Map.groupBy(grants, ({ grantee, grantable }) => JSON.stringify([grantee, grantable]));
  return [...groups.values()].map((group) => {
    const [{ grantee, grantable } = { grantee: 'public', grantable: false }] = group;
    const privileges = group.map(({ privilege, column }) =>
      column === null ? privilege.toLowerCase() : `${privilege.toLowerCase()} (${quoteIdent(column)})`,
    );
    const to = grantee === 'public' ? 'public' : quoteIdent(grantee);
    return `grant ${privileges.join(', ')} on ${qualifiedName(schema, relation)} to ${to}${grantable ? ' with grant option' : ''}`;
  });
}
