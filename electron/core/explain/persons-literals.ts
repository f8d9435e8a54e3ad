import { Failure } from '../../../shared/model/failure.ts';
import { readStatements, type ParsedText, bodyOf, deparseNode } from '../sql-text/statement.ts';
import { isObject, list, unwrap, type Json } from '../sql-text/tree.ts';

/**
 * The person's values by number, as the parser prints them: nothing but constants comes through. Throws `invalid_input`
 * for a parameter that the statement does not have, and for a text that is no literal.
 */
export async function personsLiterals(
  values: Readonly<Record<string, string>>,
  { parameters }: ParsedText,
): Promise<ReadonlyMap<number, string>> {
  const literals = new Map<number, string>();
  for (const [name, text] of Object.entries(values)) {
    const number = Number(/^\$([1-9]\d*)$/.exec(name)?.[1]);
    const parameter = parameters.find((one) => one.number === number);
    if (parameter === undefined) {
      throw new Failure({
        code: 'invalid_input',
        message: `The statement has no parameter ${JSON.stringify(name)}. It has ${[...new Set(parameters.map((one) => `$${one.number}`))].join(', ') || 'none'}.`,
      });
    }
    literals.set(number, await literal(name, text, parameter.squashed));
  }
  return literals;
}

async function literal(name: string, text: string, asList: boolean): Promise<string> {
  const read = await readStatements(`select ${text}`);
  const [statement] = read.ok ? read.statements : [];
  const body = read.ok && read.statements.length === 1 && statement?.kind === 'SelectStmt' ? bodyOf(statement) : null;
  const targets = body === null ? [] : list(body['targetList']);
  const bare = body === null || Object.keys(body).every((key) => ['targetList', 'limitOption', 'op'].includes(key));
  const printed = await Promise.all(
    targets.map(async (target) => {
      const { val, name: label } = unwrap(target, 'ResTarget') ?? {};
      return isObject(val) && label === undefined && isConstant(val) ? deparseNode(val) : null;
    }),
  );
  if (!bare || printed.length === 0 || (printed.length > 1 && !asList) || printed.some((one) => one === null)) {
    throw new Failure({
      code: 'invalid_input',
      message: `${name}: ${JSON.stringify(text)} is not a SQL literal. Write a text in single quotes ('open'), a number (42), or a literal with its type ('2026-01-31'::date)${asList ? '; several with commas between them' : ''}.`,
    });
  }
  return printed.join(', ');
}

function isConstant(node: Json | undefined): boolean {
  if (unwrap(node, 'A_Const') !== null) return true;
  const cast = unwrap(node, 'TypeCast');
  if (cast !== null) return isConstant(cast['arg']);
  const array = unwrap(node, 'A_ArrayExpr');
  return array !== null && list(array['elements']).every(isConstant);
}
