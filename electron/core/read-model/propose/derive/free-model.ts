import { isFailure } from '../../../../../shared/model/failure.ts';
import { unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { refuseUnordered, split } from './aggregates.ts';
import { describeChanges } from './changes.ts';
import { refused, type DeriveInput, type Derived } from './derivation.ts';
import { findKeys, withFixedTogether, type KeyPart, type Keys } from './dimensions.ts';
import { selectFrom, settle, type Settled } from './freeze.ts';
import { allOf, clause, clauses, flattened, kept, modelRange, nodeKey, output } from './nodes.ts';
import { ColumnNames } from './output-names.ts';
import { parametersIn } from './parameters.ts';
import { asks, nameFor, sortedValue, type SelectParts } from './parts.ts';
import { emptySelect, printExpression, printSelect } from './print.ts';
import { requireDefinition } from './readable.ts';
import { columnsOf, mapScalar } from './scalars.ts';
import { cutColumn } from './times.ts';
import { refuseSessionZone } from './zones.ts';

/**
 * A model that the culprit's free parameters, and its clock, can still filter. Throws `NotDerivable` for a statement
 * that has no groups to filter, and wherever it cannot be shown that the answers are the same.
 */
export async function deriveFree(tree: JsonObject, input: DeriveInput): Promise<Derived> {
  const settled = await settle(tree, input);
  const { parts, types } = settled;
  const groups = groupsOf(parts);
  const held = parts.conditions.filter(asks).map((one) => withFixedTogether(one, types));
  const fixed = parts.conditions.filter((one) => !asks(one));
  for (const node of [...fixed, ...parts.joins, ...parts.aggregates.values()]) refuseSessionZone(node, types);
  const keys = findKeys(parts, groups, held, types);
  await requireDetermined(settled, groups, keys, input);
  const names = new ColumnNames();
  const keyed = keys.parts.map((part) => ({ ...part, name: names.give(part.wantedName) }));
  await refuseInexactKeys(keyed, settled, input);

  // One row of the model for each row of the culprit: everything is kept as it is.
  const direct =
    (parts.groups.length > 0 || keyed.length === 0) &&
    keyed.every((part) => isPinned(part, groups, keys.determined, settled));
  const measures = await keepAggregates(settled, input, names, direct);
  const definition: JsonObject = {
    ...selectFrom(parts, []),
    targetList: [
      ...keyed.map(({ name, kept: node }) => output(name, node)),
      ...measures.stored.map(({ name, node }) => output(name, node)),
    ],
    ...clause('whereClause', allOf(fixed)),
    ...clauses(
      'groupClause',
      keyed.map(({ kept: node }) => node),
    ),
  };
  const definitionSql = await printSelect(definition);
  await requireDefinition(definitionSql);

  const columns = new Map(keyed.map(({ key, name }) => [key, kept(name)]));
  const over = (node: Json): Json =>
    mapScalar(node, (part) => columns.get(nodeKey(part)) ?? measures.read.get(nodeKey(part)));
  const rewritten = rewrite(parts, {
    over,
    input,
    held,
    groups: direct || parts.groups.length === 0 ? [] : [...groups, ...determinedNodes(keyed, keys.determined)],
    filtersGroups: direct,
  });
  const period = keyed.find(({ filtered, grain }) => filtered && grain !== null);
  const free = parametersIn([...held, ...groups, ...(parts.having === null ? [] : [parts.having])]);
  return {
    outcome: 'derived',
    shape: free.length > 0 ? 'free' : 'frozen',
    definitionSql,
    keyColumns: keyed.map(({ name }) => name),
    dimensions: await Promise.all(
      keyed.map(async ({ name, kept: node, parameters }) => ({
        column: name,
        expression: await printExpression(node),
        parameters,
      })),
    ),
    period: period?.grain ? { column: period.name, grain: period.grain } : null,
    rewrittenSql: await printSelect(rewritten),
    frozenParameters: settled.frozen,
    notFree: null,
    changes: await describeChanges({ parts, keyed, held, measures: measures.changes, frozen: settled.frozen, direct }),
  };
}

/** What makes a row of the result; DISTINCT without aggregates groups by all outputs. Constants group nothing. */
function groupsOf({ groups, distinct, targets, aggregates }: SelectParts): readonly Json[] {
  const all = groups.length === 0 && distinct && aggregates.size === 0 ? targets.map(({ value }) => value) : groups;
  const some = all.filter((group) => columnsOf(group).size > 0);
  if (all.length > 0 && some.length === 0) {
    throw refused('GROUP BY of a constant', 'The groups do not depend on the rows.', 'Leave GROUP BY out.');
  }
  if (all.length === 0 && aggregates.size === 0) {
    throw refused(
      'no aggregate',
      'The statement lists rows and adds nothing up, so a model that any filter could be laid over would be a copy of its tables.',
      'Give the values of all parameters: the result is then kept as it is.',
    );
  }
  return some;
}

/**
 * Outputs that stand outside of the groups are determined by them (a primary key), or the text is no statement: two
 * places of it held one constant that cannot be told any more. The server knows.
 */
async function requireDetermined(
  { parts }: Settled,
  groups: readonly Json[],
  { parts: keyParts, determined }: Keys,
  { describe }: DeriveInput,
): Promise<void> {
  if (determined.size === 0) return;
  const outputs = keyParts.filter(({ key }) => determined.has(key)).map(({ node }) => node);
  const grouped: JsonObject = { ...selectFrom(parts, outputs), ...clauses('groupClause', groups) };
  try {
    if (parametersIn([...groups]).length === 0) {
      await describe(await printSelect(grouped));
      return;
    }
  } catch (error) {
    if (!isFailure(error) || error.value.sqlstate !== '42803') throw error;
  }
  throw refused(
    await printExpression(outputs[0] ?? null),
    'It is not known to be one value in each group.',
    'Give the values of all parameters, or add it to GROUP BY.',
  );
}

const inexact = /^(real|double precision|interval|json|jsonb|xml)$/;

/** Values that are equal and not the same would be one group, and which of them is shown would be left to chance. */
async function refuseInexactKeys(
  keyed: readonly KeyPart[],
  { parts }: Settled,
  { describe }: DeriveInput,
): Promise<void> {
  if (keyed.length === 0) return;
  const described = await describe(
    await printSelect(
      selectFrom(
        parts,
        keyed.map(({ kept: node }) => node),
      ),
    ),
  );
  for (const [at, { node }] of keyed.entries()) {
    const type = described[at]?.type ?? 'unknown';
    if (!inexact.test(type)) continue;
    throw refused(
      `${await printExpression(node)} as ${type}`,
      `A key of the read model would be of the type ${type}, in which equal values can look different.`,
      'Cast it, to numeric for example.',
    );
  }
}

/** True where the groups of the culprit decide the value: then it splits none of them. */
function isPinned(
  part: KeyPart,
  groups: readonly Json[],
  determined: ReadonlySet<string>,
  { types }: Settled,
): boolean {
  if (determined.has(part.key)) return true;
  return groups.some((group) => {
    if (nodeKey(group) === part.key) return true;
    const cut = cutColumn(group, types);
    return cut !== null && nodeKey(cut.column) === part.key && cut.unit === part.grain;
  });
}

interface Measures {
  readonly stored: readonly { readonly name: string; readonly node: JsonObject }[];
  /** By the aggregate's key, what the reader computes instead. */
  readonly read: ReadonlyMap<string, JsonObject>;
  readonly changes: readonly string[];
}

async function keepAggregates(
  { parts }: Settled,
  { describe }: DeriveInput,
  names: ColumnNames,
  direct: boolean,
): Promise<Measures> {
  const aggregates = [...parts.aggregates];
  if (aggregates.length === 0) return { stored: [], read: new Map(), changes: [] };
  const described = await describe(
    await printSelect(
      selectFrom(
        parts,
        aggregates.map(([, node]) => node),
      ),
    ),
  );
  const stored = new Map<string, { name: string; node: JsonObject }>();
  const read = new Map<string, JsonObject>();
  const changes = new Set<string>();
  for (const [at, [key, node]] of aggregates.entries()) {
    const type = described[at]?.type ?? 'unknown';
    refuseUnordered(node, type);
    const keep = (wanted: string, value: JsonObject): string => {
      const known = stored.get(nodeKey(value));
      if (known !== undefined) return known.name;
      const name = names.give(wanted);
      stored.set(nodeKey(value), { name, node: value });
      return name;
    };
    const wanted = nameFor(node, parts.targets);
    if (direct) {
      read.set(key, kept(keep(wanted, node)));
      continue;
    }
    const halves = split(node, type);
    read.set(key, halves.read(halves.stored.map(({ suffix, node: value }) => keep(`${wanted}${suffix}`, value))));
    if (halves.change !== null) changes.add(halves.change);
  }
  return { stored: [...stored.values()], read, changes: [...changes] };
}

interface Rewriting {
  /** An expression of the culprit's over the model's columns. */
  readonly over: (node: Json) => Json;
  readonly input: DeriveInput;
  readonly held: readonly Json[];
  readonly groups: readonly Json[];
  /** HAVING looks at rows of the model, as WHERE does. */
  readonly filtersGroups: boolean;
}

function rewrite(parts: SelectParts, { over, input, held, groups, filtersGroups }: Rewriting): JsonObject {
  const { select, targets, having, sort } = parts;
  const rows = [...held, ...(filtersGroups && having !== null ? [having] : [])];
  const { limitCount, limitOffset, limitOption, distinctClause } = select;
  return {
    ...emptySelect,
    ...(distinctClause === undefined ? {} : { distinctClause }),
    targetList: targets.map(({ name, value }) => output(name, over(value))),
    fromClause: [modelRange(input.stableName)],
    ...clause('whereClause', allOf(rows.map((row) => flattened(over(row))))),
    ...clauses('groupClause', groups.map(over)),
    ...clause('havingClause', filtersGroups || having === null ? null : over(having)),
    ...clauses(
      'sortClause',
      sort.map((item) => sortOver(item, targets, over)),
    ),
    ...clause('limitCount', limitCount ?? null),
    ...clause('limitOffset', limitOffset ?? null),
    ...clause('limitOption', limitOption ?? null),
  };
}

function sortOver(item: Json, targets: SelectParts['targets'], over: Rewriting['over']): Json {
  const value = sortedValue(item, targets);
  return value === null ? item : { SortBy: { ...unwrap(item, 'SortBy'), node: over(value) } };
}

const determinedNodes = (keyed: readonly KeyPart[], determined: ReadonlySet<string>): Json[] =>
  keyed.filter(({ key }) => determined.has(key)).map(({ node }) => node);
