import { deparseNode, type ParsedText } from '../sql-text/statement.ts';
import { isList, isObject, unwrap, type Json, type JsonObject } from '../sql-text/tree.ts';

const telling = new Set(['A_Expr', 'ResTarget', 'SubLink', 'CaseWhen', 'CoalesceExpr', 'MinMaxExpr']);
const longest = 160;

/** For each parameter the smallest condition or expression that says what it means, as SQL: `orders.customer_id = $2`. */
export async function parameterContexts({ tree }: ParsedText): Promise<ReadonlyMap<number, string>> {
  const nodes = new Map<number, JsonObject | string>();
  const visit = (node: Json | undefined, context: JsonObject | string | null, depth: number): void => {
    if (isList(node)) return node.forEach((item) => visit(item, context, depth));
    if (!isObject(node)) return;
    const parameter = unwrap(node, 'ParamRef');
    if (parameter !== null) {
      const number = Number(parameter['number']);
      if (context !== null && !nodes.has(number)) nodes.set(number, context);
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (key === 'limitCount' || key === 'limitOffset') {
        visit(child, key === 'limitCount' ? 'limit' : 'offset', 0);
      } else if (isObject(child) && telling.has(key)) {
        // An arithmetic inside of a comparison is told by the comparison.
        const inside = depth > 0 && key === 'A_Expr';
        visit(
          child,
          inside || key === 'ResTarget' ? (inside ? context : outputOf(child)) : { [key]: child },
          key === 'A_Expr' ? depth + 1 : 0,
        );
      } else if (isObject(child) && key === 'FuncCall' && depth === 0) {
        visit(child, { [key]: child }, 0);
      } else {
        visit(child, context, key === 'SelectStmt' ? 0 : depth);
      }
    }
  };
  visit(tree, null, 0);
  const contexts = new Map<number, string>();
  for (const [number, node] of nodes) {
    const printed = typeof node === 'string' ? `${node} $${number}` : await deparseNode(node);
    if (printed !== null) contexts.set(number, printed.length > longest ? `${printed.slice(0, longest)} ...` : printed);
  }
  return contexts;
}

const outputOf = (target: JsonObject): JsonObject | null => (isObject(target['val']) ? target['val'] : null);
