import type { Column } from '../../../../shared/model/read-model.ts';
import { copyRelation } from '../sql/names.ts';
import { quoteIdent } from '../sql/quote.ts';
import type { BesideIndex } from './catalog-facts.ts';
import type { DraftStep } from './steps.ts';

/** The step that makes indexes beside the key on a new copy, so that nobody reads slower than before; none without any. */
export function besideIndexSteps(
  schema: string,
  copy: string,
  of: string,
  indexes: readonly Pick<BesideIndex, 'unique' | 'definition'>[],
): DraftStep[] {
  if (indexes.length === 0) return [];
  return [
    {
      title: `Make the other ${indexes.length === 1 ? 'index' : `${indexes.length} indexes`} of ${of}`,
      kind: 'index',
      sql: indexes.map(
        ({ unique, definition }, at) =>
          `create ${unique ? 'unique ' : ''}index ${quoteIdent(`${copy}_i${at + 1}`)} on ${copyRelation(schema, copy)} ${definition}`,
      ),
      lock: `SHARE on ${copyRelation(schema, copy)}`,
      blocks: 'nothing in use',
      undoSql: [],
      undoNote: `Goes with ${copy}.`,
    },
  ];
}

/** A version's columns, and what identifies its rows. */
interface Shape {
  readonly version: number;
  readonly columns: readonly Column[];
  readonly keyColumns: readonly string[];
}

/**
 * Which indexes beside the key go over to the next version: those whose columns it has with the same type. What was unique
 * stays so where the same columns identify a row; other rows may well repeat it. `left`: why not, in sentences.
 */
export function carriedOver(
  indexes: readonly BesideIndex[],
  before: Shape,
  next: Shape,
): { readonly carried: readonly BesideIndex[]; readonly left: readonly string[] } {
  const typeIn = ({ columns }: Shape, name: string) => columns.find((column) => column.name === name)?.type;
  const key = ({ keyColumns }: Shape) => keyColumns.toSorted().join('\n');
  const carried: BesideIndex[] = [];
  const left: string[] = [];
  for (const index of indexes) {
    const lacking = index.needs.filter((name) => typeIn(next, name) !== typeIn(before, name));
    if (lacking.length === 0) carried.push({ ...index, unique: index.unique && key(before) === key(next) });
    else {
      left.push(
        `An index of version ${before.version} (${index.definition}) is not carried over: ${lacking.join(', ')} is gone in version ${next.version}, or has another type.`,
      );
    }
  }
  return { carried, left };
}
