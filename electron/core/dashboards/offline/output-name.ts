import { isObject, list, strings, text, unwrap, type Json } from '../../sql-text/tree.ts';

/** What PostgreSQL calls a column of the answer that has no name of its own (FigureColname of parse_target.c). */
export const outputName = (node: Json | undefined): string => figured(node)?.name ?? '?column?';

interface Figured {
  readonly name: string;
  /** Goes before the name of a type that it is cast to. */
  readonly strong: boolean;
}

const strong = (name: string | undefined): Figured | null => (name === undefined ? null : { name, strong: true });

function figured(node: Json | undefined): Figured | null {
  const [kind = ''] = isObject(node) ? Object.keys(node) : [];
  const fields = unwrap(node, kind) ?? {};
  switch (kind) {
    case 'ColumnRef':
      return strong(strings(fields['fields']).at(-1));
    case 'FuncCall':
      return strong(strings(fields['funcname']).at(-1));
    case 'A_Expr':
      return text(fields['kind']) === 'AEXPR_NULLIF' ? strong('nullif') : null;
    case 'CoalesceExpr':
      return strong('coalesce');
    case 'A_ArrayExpr':
      return strong('array');
    case 'MinMaxExpr':
      return strong(text(fields['op']) === 'IS_LEAST' ? 'least' : 'greatest');
    case 'SQLValueFunction':
      return strong(
        text(fields['op'])
          .replace(/^SVFOP_|_N$/g, '')
          .toLowerCase(),
      );
    case 'TypeCast': {
      const inner = figured(fields['arg']);
      const type = isObject(fields['typeName']) ? strings(list(fields['typeName']['names'])).at(-1) : undefined;
      return inner?.strong === true || type === undefined ? inner : { name: type, strong: false };
    }
    case 'CaseExpr': {
      const otherwise = figured(fields['defresult']);
      return otherwise?.strong === true ? otherwise : { name: 'case', strong: false };
    }
    default:
      return null;
  }
}
