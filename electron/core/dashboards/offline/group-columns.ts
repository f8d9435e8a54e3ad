import { decimalText, parseDecimal, type Decimal } from '../../../../shared/format/decimal.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import { aggregatedColumn } from './aggregate-column.ts';
import { pickedColumn, type PickedColumn } from './answer-from-rows.ts';
import { castTo, commonType, operated, rounded } from './exact-arithmetic.ts';
import { exactTypes, type ExactType, type GroupValue } from './group-value.ts';
import { isSameValue, type RowValue } from './row-value.ts';
import { Untold } from './untold.ts';

/** Rows of one relation in groups, each by the places of its rows. */
export interface Groups {
  readonly model: ModelRows;
  readonly keys: readonly RowValue[];
  readonly groups: readonly (readonly number[])[];
}

/** What each group has of it. Throws Untold. */
export function groupColumn(value: GroupValue, groups: Groups): PickedColumn {
  if (value.kind === 'row') return sharedColumn(value.value, groups);
  if (value.kind === 'aggregate') {
    const of = value.of === null ? null : pickedOf(groups.model, value.of);
    return aggregatedColumn(value.aggregate, of, groups.groups);
  }
  const { type, at } = numberOf(value, groups);
  const cells = groups.groups.map((_, group) => {
    const number = at(group);
    return number === null ? null : decimalText(number);
  });
  return { name: 'what it computes', type, cells };
}

export function pickedOf(model: ModelRows, value: RowValue): PickedColumn {
  const column = pickedColumn(model, value);
  if (typeof column === 'string') throw new Untold(column);
  return column;
}

/** What all rows of a group have: the database shows one of them, and nobody knows which. */
function sharedColumn(value: RowValue, { model, keys, groups }: Groups): PickedColumn {
  const isKey = (one: RowValue): boolean => keys.some((key) => isSameValue(key, one));
  const ofKeys = value.kind === 'expression' && value.columns.every((column) => isKey({ kind: 'column', column }));
  if (!isKey(value) && !ofKeys) throw new Untold('it shows a column that it does not group by');
  const { ranks, ...column } = pickedOf(model, value);
  const firsts = groups.map(([first, ...others]) => {
    if (first === undefined) throw new Untold(`no row is left that tells ${column.name}`);
    const cell = column.cells[first];
    if (others.some((place) => column.cells[place] !== cell)) {
      throw new Untold(`which of several equal values of ${column.name} is shown is known to the database alone`);
    }
    return first;
  });
  return {
    ...column,
    cells: firsts.map((place) => column.cells[place] ?? null),
    ...(ranks === undefined ? {} : { ranks: firsts.map((place) => ranks[place] ?? 0) }),
  };
}

/** A number of each group. */
interface Numbers {
  readonly type: ExactType;
  readonly at: (group: number) => Decimal | null;
}

/** The database works out what is made of constants alone before it looks at rows, and refuses it then. */
function numberOf(value: GroupValue, groups: Groups): Numbers {
  const numbers = computed(value, groups);
  if (isConstant(value)) numbers.at(-1);
  return numbers;
}

function isConstant(value: GroupValue): boolean {
  switch (value.kind) {
    case 'constant':
      return true;
    case 'operator':
      return (value.left === null || isConstant(value.left)) && isConstant(value.right);
    case 'round':
    case 'cast':
      return isConstant(value.of);
    case 'nullif':
      return isConstant(value.of) && isConstant(value.other);
    case 'coalesce':
      return value.of.every(isConstant);
    default:
      return false;
  }
}

function computed(value: GroupValue, groups: Groups): Numbers {
  switch (value.kind) {
    case 'row':
    case 'aggregate':
      return numbersIn(groupColumn(value, groups));
    case 'constant':
      return constant(value);
    case 'operator': {
      const right = numberOf(value.right, groups);
      const left = value.left === null ? { type: right.type, at: () => zero } : numberOf(value.left, groups);
      const type = commonType(left.type, right.type);
      return { type, at: ofBoth(left, right, (a, b) => operated(value.operator, type, a, b)) };
    }
    case 'round': {
      const of = numberOf(value.of, groups);
      const { digits } = value;
      // Of an integer PostgreSQL takes the function that rounds floats.
      if (digits === null && of.type !== 'numeric') throw arithmeticWith('double precision');
      return { type: 'numeric', at: ofOne(of, (one) => rounded(one, digits ?? 0)) };
    }
    case 'cast': {
      const of = numberOf(value.of, groups);
      return { type: value.to, at: ofOne(of, (one) => castTo(value.to, value.fitting, one)) };
    }
    case 'nullif': {
      const [of, other] = [numberOf(value.of, groups), numberOf(value.other, groups)];
      const isEqual = (a: Decimal, b: Decimal): boolean => operated('-', 'numeric', a, b).units === 0n;
      return {
        type: other.type === 'numeric' ? 'numeric' : of.type,
        at: (group) => {
          const [one, unless] = [of.at(group), other.at(group)];
          return one !== null && unless !== null && isEqual(one, unless) ? null : one;
        },
      };
    }
    case 'coalesce': {
      const all = value.of.map((one) => numberOf(one, groups));
      return {
        type: all.map(({ type }) => type).reduce(commonType),
        at: (group) => {
          for (const { at } of all) {
            const number = at(group);
            if (number !== null) return number;
          }
          return null;
        },
      };
    }
  }
}

const zero: Decimal = { units: 0n, scale: 0 };

const ofOne =
  ({ at }: Numbers, made: (one: Decimal) => Decimal): Numbers['at'] =>
  (group) => {
    const one = at(group);
    return one === null ? null : made(one);
  };

const ofBoth =
  (left: Numbers, right: Numbers, made: (a: Decimal, b: Decimal) => Decimal): Numbers['at'] =>
  (group) => {
    const [a, b] = [left.at(group), right.at(group)];
    return a === null || b === null ? null : made(a, b);
  };

function constant({ text }: Extract<GroupValue, { kind: 'constant' }>): Numbers {
  const number = parseDecimal(text);
  if (number === null) throw new Untold(`the number ${text} is known to the database alone`);
  const fits = (bits: bigint): boolean =>
    /^-?\d+$/.test(text) && number.units < 2n ** bits && number.units >= -(2n ** bits);
  return { type: fits(31n) ? 'integer' : fits(63n) ? 'bigint' : 'numeric', at: () => number };
}

function numbersIn({ type, cells }: PickedColumn): Numbers {
  const exact = exactTypes.find((one) => one === type);
  if (exact === undefined) throw arithmeticWith(type);
  return {
    type: exact,
    at: (group) => {
      const cell = cells[group] ?? null;
      const number = cell === null ? null : parseDecimal(cell);
      // NaN, and what goes on without an end.
      if (number === null && cell !== null) throw new Untold(`arithmetic with ${cell} is known to the database alone`);
      return number;
    },
  };
}

const arithmeticWith = (type: string): Untold => new Untold(`arithmetic with ${type} is known to the database alone`);
