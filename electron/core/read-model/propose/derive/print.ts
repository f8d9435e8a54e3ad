import { parse } from '../../../sql-text/parser.ts';
import { deparseNode } from '../../../sql-text/statement.ts';
import type { Json, JsonObject } from '../../../sql-text/tree.ts';
import { NotDerivable } from './derivation.ts';
import { nodeKey } from './nodes.ts';

/**
 * The text of a SELECT. It is read back: a text whose tree is not the one that was meant is never handed out. Throws
 * `NotDerivable` then.
 */
export async function printSelect(select: JsonObject): Promise<string> {
  const meant: JsonObject = { SelectStmt: select };
  const text = await deparseNode(meant);
  const read = text === null ? null : await parse(text);
  const [statement] = read?.ok === true ? read.statements : [];
  if (text === null || nodeKey(statement?.stmt) !== nodeKey(meant)) {
    throw new NotDerivable({
      construct: 'syntax that cannot be written back',
      why: 'The statement holds a construct that Daybreak can read but not write again without changing it.',
      whatToDo: 'Write the definition by hand.',
    });
  }
  return text;
}

/** For people: an expression as SQL, or a few words where it cannot be written. */
export async function printExpression(node: Json): Promise<string> {
  const text = await deparseNode({ SelectStmt: { ...emptySelect, targetList: [{ ResTarget: { val: node } }] } });
  return text?.replace(/^SELECT\s+/i, '').trim() ?? 'an expression';
}

export const emptySelect: JsonObject = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' };
