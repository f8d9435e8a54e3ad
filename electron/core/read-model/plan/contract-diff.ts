import type { Column } from '../../../../shared/model/read-model.ts';
import { collationText, type ViewColumn } from '../sql/stable-view.ts';

export interface ContractDiff {
  /** Differences that readers do not notice: new columns, other order. In words. */
  readonly additive: readonly string[];
  /** Differences that would break a reader; CREATE OR REPLACE VIEW refuses most of them. In words. */
  readonly breaking: readonly string[];
}

/**
 * Compares what readers see now with a next version, by name, type, collation and order. Width and precision are no part of it:
 * the stable view casts them away. `current` are the columns of the version that is read now: a column that the view
 * only pads with NULLs (after a roll back) may stay padded.
 */
export function contractDiff(
  view: readonly ViewColumn[],
  current: readonly Column[],
  next: readonly Column[],
): ContractDiff {
  const nextByName = new Map(next.map((column) => [column.name, column]));
  const currentNames = new Set(current.map(({ name }) => name));
  const viewNames = new Set(view.map(({ name }) => name));
  const additive: string[] = [];
  const breaking: string[] = [];
  for (const { name, type, collation } of view) {
    const column = nextByName.get(name);
    if (column !== undefined) {
      if (column.type !== type) breaking.push(`column ${name} changes its type from ${type} to ${column.type}`);
      else if (column.collation !== undefined && column.collation !== collation) {
        breaking.push(
          `column ${name} changes its collation from ${collationText(collation)} to ${collationText(column.collation)}`,
        );
      }
    } else if (currentNames.has(name)) {
      breaking.push(`column ${name} (${type}) is gone`);
    } else {
      additive.push(`column ${name} (${type}) is NULL`);
    }
  }
  const added = next.filter(({ name }) => !viewNames.has(name));
  for (const { name, type } of added) additive.push(`column ${name} (${type}) is new`);
  return { additive, breaking };
}
