import { isObject, list, strings, text, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { castType, columnNames } from './nodes.ts';
import { valueWord } from './readers-words.ts';

/** How PostgreSQL names a column of the result that has no name of its own (FigureColname in its parser). */
export function figuredName(value: Json | undefined): string {
  return figured(value)?.name ?? '?column?';
}

/** weak: a name that a cast around it, or a CASE, replaces by its own. */
interface Figured {
  readonly name: string;
  readonly weak: boolean;
}

const strong = (name: string): Figured => ({ name, weak: false });

function figured(value: Json | undefined): Figured | null {
  const [kind = '', fields] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  if (!isObject(fields)) return null;
  switch (kind) {
    case 'ColumnRef': {
      const name = columnNames(fields)?.at(-1);
      return name === undefined ? null : strong(name);
    }
    case 'FuncCall':
      return strong(strings(fields['funcname']).at(-1) ?? '');
    case 'A_Expr':
      return fields['kind'] === 'AEXPR_NULLIF' ? strong('nullif') : null;
    case 'TypeCast': {
      const inner = figured(fields['arg']);
      return inner === null || inner.weak ? { name: castType(fields), weak: true } : inner;
    }
    case 'CaseExpr': {
      const inner = figured(fields['defresult']);
      return inner === null || inner.weak ? { name: 'case', weak: true } : inner;
    }
    case 'CoalesceExpr':
      return strong('coalesce');
    case 'MinMaxExpr':
      return strong(fields['op'] === 'IS_LEAST' ? 'least' : 'greatest');
    case 'A_ArrayExpr':
      return strong('array');
    case 'SQLValueFunction':
      return strong(valueWord(text(fields['op'])));
    case 'SubLink':
      return subselect(fields);
    default:
      return null;
  }
}

function subselect(fields: JsonObject): Figured | null {
  if (fields['subLinkType'] === 'EXISTS_SUBLINK') return strong('exists');
  const [first] = list(unwrap(fields['subselect'], 'SelectStmt')?.['targetList']);
  const target = unwrap(first, 'ResTarget');
  if (fields['subLinkType'] !== 'EXPR_SUBLINK' || target === null) return null;
  const name = typeof target['name'] === 'string' ? target['name'] : figuredName(target['val']);
  return name === '?column?' ? null : strong(name);
}

/** Names that a column of the model cannot have: Daybreak's own first column, and those of PostgreSQL. */
const taken: readonly string[] = ['as_of', 'tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid', '?column?', ''];

/** Gives out names for the columns of one model, each once. */
export class ColumnNames {
  readonly #given = new Set<string>(taken);

  /** The wanted name, or wanted_2, wanted_3 ... where it is taken; at most 63 bytes. */
  give(wanted: string): string {
    const base = shortened(wanted === '?column?' || wanted === '' ? 'value' : wanted);
    let name = base;
    for (let n = 2; this.#given.has(name); n += 1) name = `${base}_${n}`;
    this.#given.add(name);
    return name;
  }
}

/** Room for `_count_12` behind it. */
const longestBytes = 54;

function shortened(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > longestBytes) short = [...short].slice(0, -1).join('');
  return short;
}
