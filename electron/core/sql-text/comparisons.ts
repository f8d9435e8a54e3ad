import { isList, isObject, list, strings, text, unwrap, type Json, type JsonObject } from './tree.ts';

/** A table as a statement names it. */
export interface ScopedTable {
  readonly schema: string | null;
  readonly name: string;
  /** How columns are qualified with it. */
  readonly alias: string;
}

export interface ColumnUse {
  /** Table, or its alias; null where the column stands alone. */
  readonly qualifier: string | null;
  readonly column: string;
  /** Tables that it may belong to, the innermost level first. */
  readonly scope: readonly ScopedTable[];
}

export type Operator = '=' | 'in' | 'range' | 'between' | 'like' | 'null' | 'assigned';

/** A column beside something that it is compared with, or that is written into it. */
export interface Comparison {
  readonly column: ColumnUse;
  readonly operator: Operator;
  /** The parameter on the other side, casts apart; for `between` and `in` one comparison each. */
  readonly parameter: number | null;
  /** low or high end of a range; list: the elements of a list or an array; else one value. */
  readonly place: 'value' | 'low' | 'high' | 'list' | 'array';
  /** The column on the other side of a join. */
  readonly joined: ColumnUse | null;
  /** Holds for every row of the level's result: part of its WHERE or of an inner join, not under OR or NOT. */
  readonly required: boolean;
  /** The whole condition. */
  readonly node: JsonObject;
}

export interface Ordering {
  readonly columns: readonly { readonly column: ColumnUse; readonly descending: boolean }[];
  readonly limited: boolean;
}

export interface Comparisons {
  readonly comparisons: readonly Comparison[];
  /** One for each level that sorts by plain columns. */
  readonly orderings: readonly Ordering[];
  /** Every table that is read or written, without CTEs. */
  readonly tables: readonly ScopedTable[];
  /** What an INSERT, UPDATE, DELETE or MERGE writes to. */
  readonly target: ScopedTable | null;
  /** Columns that an UPDATE sets, with their table. */
  readonly assigned: readonly ColumnUse[];
}

/** Which columns a statement compares, sorts and writes, at every level. Pure: names are not resolved. */
export function readComparisons(tree: JsonObject): Comparisons {
  const reader = new Reader();
  reader.statement(tree, [], new Set());
  return reader;
}

const ranges = new Set(['<', '<=', '>', '>=']);

class Reader implements Comparisons {
  readonly comparisons: Comparison[] = [];
  readonly orderings: Ordering[] = [];
  readonly tables: ScopedTable[] = [];
  readonly assigned: ColumnUse[] = [];
  target: ScopedTable | null = null;

  statement(node: JsonObject, outer: readonly ScopedTable[], outerCtes: ReadonlySet<string>): void {
    for (const [kind, fields] of Object.entries(node)) {
      if (!isObject(fields)) continue;
      const ctes = this.#ctes(fields, outer, outerCtes);
      switch (kind) {
        case 'SelectStmt':
          this.select(fields, outer, ctes);
          break;
        case 'UpdateStmt':
        case 'DeleteStmt':
          this.#change(fields, ctes);
          break;
        case 'InsertStmt':
          this.#insert(fields, ctes);
          break;
        case 'MergeStmt': {
          const scope = [
            ...this.#from([{ RangeVar: fields['relation'] ?? {} }], [], ctes),
            ...this.#from([fields['sourceRelation'] ?? {}], [], ctes),
          ];
          this.#condition(fields['joinCondition'], scope, ctes, true);
          break;
        }
      }
    }
  }

  select(fields: JsonObject, outer: readonly ScopedTable[], ctes: ReadonlySet<string>): void {
    // Arms of a set operation stand without a wrapper.
    for (const arm of [fields['larg'], fields['rarg']])
      if (isObject(arm)) this.statement({ SelectStmt: arm }, outer, ctes);
    const scope = [...this.#from(list(fields['fromClause']), outer, ctes), ...outer];
    this.#condition(fields['whereClause'], scope, ctes, true);
    for (const key of ['targetList', 'havingClause', 'groupClause', 'sortClause', 'valuesLists', 'windowClause']) {
      this.#condition(fields[key], scope, ctes, false);
    }
    this.#order(fields, scope);
  }

  #change(fields: JsonObject, ctes: ReadonlySet<string>): void {
    const scope = [
      ...this.#from([{ RangeVar: fields['relation'] ?? {} }], [], ctes),
      ...this.#from([...list(fields['fromClause']), ...list(fields['usingClause'])], [], ctes),
    ];
    const [target] = scope;
    this.target ??= target ?? null;
    for (const item of list(fields['targetList'])) {
      const assignment = unwrap(item, 'ResTarget');
      if (assignment === null || target === undefined) continue;
      const column = { qualifier: null, column: text(assignment['name']), scope: [target] };
      this.assigned.push(column);
      this.#assign(column, assignment['val']);
      this.#condition(assignment['val'], scope, ctes, false);
    }
    this.#condition(fields['whereClause'], scope, ctes, true);
  }

  #insert(fields: JsonObject, ctes: ReadonlySet<string>): void {
    const [target] = this.#from([{ RangeVar: fields['relation'] ?? {} }], [], ctes);
    this.target ??= target ?? null;
    const select = unwrap(fields['selectStmt'], 'SelectStmt');
    if (select === null) return;
    const columns = list(fields['cols']).map((item) => text(unwrap(item, 'ResTarget')?.['name']));
    for (const row of list(select['valuesLists'])) {
      list(unwrap(row, 'List')?.['items']).forEach((value, index) => {
        const column = columns[index];
        if (column !== undefined && target !== undefined)
          this.#assign({ qualifier: null, column, scope: [target] }, value);
      });
    }
    this.statement({ SelectStmt: select }, [], ctes);
  }

  /** `set a = $1`, and `set a = a - $1`, where the value is of the same kind. */
  #assign(column: ColumnUse, value: Json | undefined): void {
    const expression = unwrap(value, 'A_Expr');
    const operands = expression === null ? [value] : [expression['lexpr'], expression['rexpr']];
    for (const operand of operands) {
      const parameter = parameterOf(operand);
      if (parameter === null) continue;
      const node = isObject(value) ? value : {};
      this.comparisons.push({
        column,
        operator: 'assigned',
        parameter,
        place: 'value',
        joined: null,
        required: false,
        node,
      });
    }
  }

  #ctes(fields: JsonObject, outer: readonly ScopedTable[], known: ReadonlySet<string>): ReadonlySet<string> {
    const clause = fields['withClause'];
    if (!isObject(clause)) return known;
    const items = list(clause['ctes']).map((item) => unwrap(item, 'CommonTableExpr') ?? {});
    const all = new Set([...known, ...items.map((item) => text(item['ctename']))]);
    for (const item of items) if (isObject(item['ctequery'])) this.statement(item['ctequery'], outer, all);
    return all;
  }

  #from(items: readonly Json[], outer: readonly ScopedTable[], ctes: ReadonlySet<string>): ScopedTable[] {
    const scope: ScopedTable[] = [];
    const joins: { quals: Json | undefined; required: boolean }[] = [];
    const visit = (item: Json | undefined): void => {
      const range = unwrap(item, 'RangeVar');
      if (range !== null) {
        const name = text(range['relname']);
        const schema = typeof range['schemaname'] === 'string' ? range['schemaname'] : null;
        if (schema === null && ctes.has(name)) return;
        const alias = isObject(range['alias']) ? text(range['alias']['aliasname']) : name;
        const table = { schema, name, alias };
        scope.push(table);
        this.tables.push(table);
      }
      const join = unwrap(item, 'JoinExpr');
      if (join !== null) {
        visit(join['larg']);
        visit(join['rarg']);
        joins.push({ quals: join['quals'], required: join['jointype'] !== 'JOIN_FULL' });
      }
      const sampled = unwrap(item, 'RangeTableSample');
      if (sampled !== null) visit(sampled['relation']);
      const subquery = unwrap(item, 'RangeSubselect')?.['subquery'];
      if (isObject(subquery)) this.statement(subquery, [...scope, ...outer], ctes);
    };
    items.forEach(visit);
    for (const { quals, required } of joins) this.#condition(quals, [...scope, ...outer], ctes, required);
    return scope;
  }

  #condition(
    node: Json | undefined,
    scope: readonly ScopedTable[],
    ctes: ReadonlySet<string>,
    required: boolean,
  ): void {
    if (isList(node)) return node.forEach((item) => this.#condition(item, scope, ctes, false));
    if (!isObject(node)) return;
    const bool = unwrap(node, 'BoolExpr');
    if (bool !== null) {
      const all = required && bool['boolop'] === 'AND_EXPR';
      return list(bool['args']).forEach((item) => this.#condition(item, scope, ctes, all));
    }
    const expression = unwrap(node, 'A_Expr');
    if (expression !== null) this.#compare(node, expression, scope, required);
    const test = unwrap(node, 'NullTest');
    const tested = test === null ? null : columnOf(test['arg'], scope);
    if (tested !== null && test?.['nulltesttype'] === 'IS_NULL') {
      this.#add(node, tested, 'null', null, 'value', null, required);
    }
    for (const [kind, child] of Object.entries(node)) {
      if (kind === 'SelectStmt' && isObject(child)) this.statement({ SelectStmt: child }, scope, ctes);
      else if (isObject(child)) Object.values(child).forEach((part) => this.#condition(part, scope, ctes, false));
      else this.#condition(child, scope, ctes, false);
    }
  }

  #compare(node: JsonObject, expression: JsonObject, scope: readonly ScopedTable[], required: boolean): void {
    const { kind, lexpr, rexpr } = expression;
    const left = columnOf(lexpr, scope);
    const right = columnOf(rexpr, scope);
    const name = strings(expression['name']).at(-1) ?? '';
    const add = (column: ColumnUse, operator: Operator, other: Json | undefined, place: Comparison['place']) =>
      this.#add(node, column, operator, parameterOf(other), place, columnOf(other, scope), required);
    switch (kind) {
      case 'AEXPR_OP': {
        const operator: Operator | null = name === '=' ? '=' : ranges.has(name) ? 'range' : null;
        if (operator === null) return;
        const upward = name.startsWith('>');
        if (left !== null) add(left, operator, rexpr, operator === '=' ? 'value' : upward ? 'low' : 'high');
        if (right !== null) add(right, operator, lexpr, operator === '=' ? 'value' : upward ? 'high' : 'low');
        return;
      }
      case 'AEXPR_IN': {
        const items = list(unwrap(rexpr, 'List')?.['items']);
        if (left !== null && name === '=') for (const item of items) add(left, 'in', item, 'list');
        return;
      }
      case 'AEXPR_OP_ANY':
        if (left !== null && name === '=') add(left, 'in', rexpr, 'array');
        return;
      case 'AEXPR_BETWEEN': {
        const [low, high] = list(unwrap(rexpr, 'List')?.['items']);
        if (left === null) return;
        add(left, 'between', low, 'low');
        add(left, 'between', high, 'high');
        return;
      }
      case 'AEXPR_LIKE':
        if (left !== null && name === '~~') add(left, 'like', rexpr, 'value');
        return;
    }
  }

  #add(
    node: JsonObject,
    column: ColumnUse,
    operator: Operator,
    parameter: number | null,
    place: Comparison['place'],
    joined: ColumnUse | null,
    required: boolean,
  ): void {
    this.comparisons.push({ column, operator, parameter, place, joined, required, node });
  }

  #order(fields: JsonObject, scope: readonly ScopedTable[]): void {
    const items = list(fields['sortClause']).map((item) => unwrap(item, 'SortBy') ?? {});
    if (items.length === 0 || fields['groupClause'] !== undefined) return;
    const columns = items.flatMap((item) => {
      const column = columnOf(item['node'], scope);
      return column === null ? [] : [{ column, descending: item['sortby_dir'] === 'SORTBY_DESC' }];
    });
    if (columns.length === items.length) this.orderings.push({ columns, limited: fields['limitCount'] !== undefined });
  }
}

function columnOf(node: Json | undefined, scope: readonly ScopedTable[]): ColumnUse | null {
  const reference = unwrap(node, 'ColumnRef');
  if (reference === null) return null;
  const names = strings(reference['fields']);
  if (names.length !== list(reference['fields']).length) return null;
  const [column, qualifier = null] = names.toReversed();
  return column === undefined ? null : { qualifier, column, scope };
}

/** The number of a parameter, also behind a cast. */
function parameterOf(node: Json | undefined): number | null {
  const cast = unwrap(node, 'TypeCast');
  if (cast !== null) return parameterOf(cast['arg']);
  const reference = unwrap(node, 'ParamRef');
  return reference === null ? null : Number(reference['number']);
}
