import type { WrittenName } from '../../postgres/queries/catalog-definition.ts';
import { isList, isObject, number, strings, text, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { parameterWithoutValue, refuse, statementName, type ParsedSelect } from './parse-select.ts';

/** A name in the text, with the byte where it begins. */
export interface Placed extends WrittenName {
  readonly at: number;
}

export interface CalledFunction extends Placed {
  readonly argumentCount: number;
}

/** What a SELECT mentions. CTEs are not among the relations. */
export interface SelectAnalysis {
  readonly relations: readonly Placed[];
  readonly functions: readonly CalledFunction[];
  readonly types: readonly Placed[];
  /** Columns by their last name. */
  readonly columnNames: ReadonlySet<string>;
  /** Words whose value moves with the clock, as written: 'current_date', 'now()'. */
  readonly clock: readonly string[];
  /** Words whose value depends on who asks: 'current_user', 'current_setting()'. */
  readonly session: readonly string[];
  /** LIMIT or OFFSET without ORDER BY somewhere. */
  readonly limitWithoutOrder: boolean;
}

const changes: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
const clockFunctions: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp']);
const sessionFunctions: ReadonlySet<string> = new Set([
  'current_setting', 'current_schemas', 'pg_backend_pid', 'inet_client_addr', 'inet_client_port', 'has_table_privilege',
]); // prettier-ignore
/** Input words of the date types; PostgreSQL reads them once, when a view is created. */
const frozenWords = /^\s*(now|today|tomorrow|yesterday|allballs)\s*$/i;

/**
 * Walks the tree. Throws `statement_refused` for what is no plain read: data-modifying CTEs, SELECT INTO, row locks,
 * parameters without a value, samples that differ each time, words that would be frozen at creation.
 */
export function analyseSelect({ tree }: ParsedSelect): SelectAnalysis {
  const walk = new Walk();
  walk.enter('SelectStmt', tree, new Set());
  return {
    relations: walk.relations,
    functions: walk.functions,
    types: walk.types,
    columnNames: walk.columnNames,
    clock: [...walk.clock],
    session: [...walk.session],
    limitWithoutOrder: walk.limitWithoutOrder,
  };
}

class Walk {
  readonly relations: Placed[] = [];
  readonly functions: CalledFunction[] = [];
  readonly types: Placed[] = [];
  readonly columnNames = new Set<string>();
  readonly clock = new Set<string>();
  readonly session = new Set<string>();
  limitWithoutOrder = false;

  visit(node: Json | undefined, ctes: ReadonlySet<string>): void {
    if (isList(node)) for (const item of node) this.visit(item, ctes);
    if (!isObject(node)) return;
    for (const [key, child] of Object.entries(node)) {
      if (!isObject(child)) this.visit(child, ctes);
      else if (/^[A-Z]/.test(key)) this.enter(key, child, ctes);
      // Arms of a set operation and names of types stand without a wrapper that names their kind.
      else if ('limitOption' in child) this.enter('SelectStmt', child, ctes);
      else if (key === 'typeName') this.enter('TypeName', child, ctes);
      else this.visit(child, ctes);
    }
  }

  enter(kind: string, node: JsonObject, ctes: ReadonlySet<string>): void {
    if (changes.has(kind)) {
      const name = statementName(kind);
      throw refuse(`A CTE with ${name} changes data. A read model's definition only reads: leave it out.`, name);
    }
    switch (kind) {
      case 'SelectStmt':
        return this.#select(node, ctes);
      case 'RangeVar':
        return this.#relation(node, ctes);
      case 'FuncCall':
        this.#call(node);
        break;
      case 'TypeName':
        this.#type(node);
        break;
      case 'TypeCast':
        this.#cast(node);
        break;
      case 'ColumnRef':
        for (const name of strings(node['fields']).slice(-1)) this.columnNames.add(name);
        return;
      case 'SQLValueFunction':
        return this.#word(node);
      case 'ParamRef':
        throw parameterWithoutValue(`$${number(node['number'])}`);
      case 'RangeTableSample':
        if (!('repeatable' in node)) {
          throw refuse(
            'TABLESAMPLE takes other rows each time. Leave it out, or add REPEATABLE (seed).',
            'TABLESAMPLE',
          );
        }
        break;
    }
    this.visit(node, ctes);
  }

  #select(node: JsonObject, outer: ReadonlySet<string>): void {
    if ('intoClause' in node) {
      throw refuse('SELECT INTO creates a table. Leave INTO out: Daybreak makes the copy itself.', 'SELECT INTO');
    }
    if (isList(node['lockingClause'])) {
      throw refuse(
        'FOR UPDATE and FOR SHARE lock rows of the ERP. A read model only reads: leave it out.',
        'row locks',
      );
    }
    const limited = 'limitCount' in node || 'limitOffset' in node;
    if (limited && !isList(node['sortClause'])) this.limitWithoutOrder = true;
    const { withClause, ...rest } = node;
    let ctes = outer;
    if (isObject(withClause)) {
      const items = (isList(withClause['ctes']) ? withClause['ctes'] : []).map(cteOf);
      const all = new Set([...outer, ...items.map(({ name }) => name)]);
      let visible = outer;
      for (const { name, node: cte } of items) {
        // A CTE sees those before it, and with RECURSIVE all of them.
        this.visit(cte, withClause['recursive'] === true ? all : visible);
        visible = new Set([...visible, name]);
      }
      ctes = all;
    }
    this.visit(rest, ctes);
  }

  #relation(node: JsonObject, ctes: ReadonlySet<string>): void {
    const name = text(node['relname']);
    const schema = typeof node['schemaname'] === 'string' ? node['schemaname'] : null;
    if (schema === null && ctes.has(name)) return;
    this.relations.push({ schema, name, at: number(node['location']) });
  }

  #call(node: JsonObject): void {
    const [name = '', schema = null] = strings(node['funcname']).reverse();
    const count = (list: Json | undefined) => (isList(list) ? list.length : 0);
    const argumentCount = count(node['args']) + (node['agg_within_group'] === true ? count(node['agg_order']) : 0);
    this.functions.push({ schema, name, at: number(node['location']), argumentCount });
    // age(timestamp) subtracts from current_date.
    if (clockFunctions.has(name) || (name === 'age' && argumentCount === 1)) this.clock.add(`${name}()`);
    if (sessionFunctions.has(name)) this.session.add(`${name}()`);
  }

  #type(node: JsonObject): void {
    const [name = '', schema = null] = strings(node['names']).reverse();
    this.types.push({ schema, name, at: number(node['location']) });
  }

  #cast(node: JsonObject): void {
    const constant = isObject(node['arg']) ? node['arg']['A_Const'] : undefined;
    const value = isObject(constant) && isObject(constant['sval']) ? constant['sval']['sval'] : undefined;
    const type = isObject(node['typeName']) ? (strings(node['typeName']['names']).at(-1) ?? '') : '';
    if (typeof value === 'string' && frozenWords.test(value) && /^(date|time)/.test(type)) {
      throw refuse(
        `${type} '${value.trim()}' would be frozen at the moment the read model is created. Write current_date or now() instead.`,
        `${type} '${value.trim()}'`,
      );
    }
  }

  #word(node: JsonObject): void {
    const word = text(node['op'])
      .replace(/^SVFOP_/, '')
      .replace(/_N$/, '')
      .toLowerCase();
    if (/date|time/.test(word)) this.clock.add(word);
    else this.session.add(word);
  }
}

function cteOf(item: Json): { name: string; node: Json } {
  const node = isObject(item) ? item['CommonTableExpr'] : undefined;
  if (!isObject(node)) throw new Error('a WITH clause holds CTEs');
  return { name: text(node['ctename']), node };
}
