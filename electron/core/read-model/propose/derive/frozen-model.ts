import { isList, list, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { parseSelect } from '../parse-select.ts';
import { selectOutputs } from '../select-outputs.ts';
import { keptValues } from './changes.ts';
import { refused, type DeriveInput, type Derived, type FrozenParameter } from './derivation.ts';
import { clause, clauses, columnNames, kept, modelRange, nodeKey, output, string } from './nodes.ts';
import { ColumnNames } from './output-names.ts';
import { parametersIn, unknownValue, withLiterals } from './parameters.ts';
import { placeOf, singleName } from './parts.ts';
import { emptySelect, printSelect } from './print.ts';
import { readersWords } from './readers-words.ts';
import { requireDefinition, wordInside } from './readable.ts';

/**
 * The result of the statement as it is, with the values that its parameters have; the reader sorts and limits. Throws
 * `NotDerivable` where a value is not known, or the clock decides.
 */
export async function deriveFrozen(tree: JsonObject, input: DeriveInput): Promise<Derived> {
  const { limitCount = null, limitOffset = null, limitOption = null, ...unlimited } = tree;
  const frozen: FrozenParameter[] = parametersIn(unlimited)
    .toSorted((a, b) => a - b)
    .map((number) => {
      const literal = input.known.get(number);
      if (literal === undefined) throw unknownValue(number, 'in the statement');
      return { name: `$${number}`, literal };
    });
  const [word] = readersWords(unlimited);
  if (word !== undefined) throw wordInside(word);
  const { sortClause, ...unsorted } = await withLiterals(unlimited, input.known);
  const body = { ...unsorted, limitOption: 'LIMIT_OPTION_DEFAULT' };
  const sorts = list(sortClause);
  const { select, names: written, sortPlaces } = await withSortColumns(body, sorts, input);
  const given = new ColumnNames();
  const names = written.map((name) => given.give(name));
  const same = names.every((name, at) => name === written[at]);
  const definitionSql = await printSelect(same ? select : renamed(select, names));
  await requireDefinition(definitionSql);
  const { key, keyIncomplete } = selectOutputs(await parseSelect(definitionSql), names);
  const shown = written.length - sortPlaces.filter(({ added }) => added).length;
  const column = (at: number): JsonObject => kept(names[at] ?? '');
  const rewrittenSql = await printSelect({
    ...emptySelect,
    targetList: written.slice(0, shown).map((name, at) => output(name, column(at))),
    fromClause: [modelRange(input.stableName)],
    ...clauses(
      'sortClause',
      sorts.map((item, at) => ({ SortBy: { ...unwrap(item, 'SortBy'), node: column(sortPlaces[at]?.place ?? 0) } })),
    ),
    ...clause('limitCount', limitCount),
    ...clause('limitOffset', limitOffset),
    ...clause('limitOption', limitOption),
  });
  return {
    outcome: 'derived',
    shape: 'frozen',
    definitionSql,
    keyColumns: key === null || keyIncomplete ? [] : key,
    dimensions: [],
    period: null,
    rewrittenSql,
    frozenParameters: frozen,
    notFree: null,
    changes: [
      ...keptValues(frozen),
      ...(sorts.length === 0 ? [] : ['ORDER BY: left to the reader.']),
      ...(limitCount === null && limitOffset === null ? [] : ['LIMIT: left to the reader.']),
    ],
  };
}

interface Sorted {
  readonly select: JsonObject;
  /** Of all outputs, as the server names them. */
  readonly names: readonly string[];
  /** For each ORDER BY item its output, from 0; added: one that the statement did not show. */
  readonly sortPlaces: readonly { readonly place: number; readonly added: boolean }[];
}

/** The body with everything that ORDER BY sorts by among its outputs. */
async function withSortColumns(body: JsonObject, sorts: readonly Json[], { describe }: DeriveInput): Promise<Sorted> {
  const names = (await describe(await printSelect(body))).map(({ name }) => name);
  const targets = list(body['targetList']).map((target) => unwrap(target, 'ResTarget') ?? {});
  const placed = targets.length === names.length && !targets.some(({ val }) => isStar(val));
  const values = placed ? targets.map(({ val }) => nodeKey(val)) : [];
  const added: Json[] = [];
  const sortPlaces = sorts.map((item) => {
    const node = unwrap(item, 'SortBy')?.['node'];
    const place = placeOf(node);
    if (place !== null) return { place: place - 1, added: false };
    const name = singleName(node);
    const found = name !== null && names.includes(name) ? names.indexOf(name) : values.indexOf(nodeKey(node));
    if (found >= 0) return { place: found, added: false };
    if (node === undefined || body['op'] !== 'SETOP_NONE' || isList(body['distinctClause'])) {
      throw refused(
        'ORDER BY',
        'The result is sorted by something that is not among its columns.',
        'Select what it is sorted by.',
      );
    }
    added.push(output(addedName(added.length), node));
    return { place: names.length + added.length - 1, added: true };
  });
  return {
    select: added.length === 0 ? body : { ...body, targetList: [...list(body['targetList']), ...added] },
    names: [...names, ...added.map((_, at) => addedName(at))],
    sortPlaces,
  };
}

const addedName = (at: number): string => `sorted_by_${at + 1}`;

function isStar(value: Json | undefined): boolean {
  const reference = unwrap(value, 'ColumnRef');
  return reference !== null && columnNames(reference) === null;
}

/** The same rows under names that a read model can have. */
const renamed = (select: JsonObject, names: readonly string[]): JsonObject => ({
  ...emptySelect,
  targetList: [{ ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } }],
  fromClause: [
    {
      RangeSubselect: {
        subquery: { SelectStmt: select },
        alias: { aliasname: 'q', colnames: names.map(string) },
      },
    },
  ],
});
