import type { AnyContractProcedure } from '@orpc/contract';
import { z } from 'zod';
import { contract } from '../../../shared/contract/index.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { EngineClient } from '../profile/engine-client.ts';

export interface NamedProcedure {
  /** 'connections.test' */
  readonly name: string;
  readonly namespace: string;
  readonly procedure: string;
  readonly input: z.ZodType;
}

/** Every procedure of the contract, in its order. */
export const procedures: readonly NamedProcedure[] = Object.entries(contract).flatMap(([namespace, members]) =>
  Object.entries<AnyContractProcedure>(members).map(([procedure, definition]) => {
    const input: unknown = definition['~orpc'].inputSchema;
    if (!(input instanceof z.ZodType)) throw new Error(`${namespace}.${procedure} has no zod input`);
    return { name: `${namespace}.${procedure}`, namespace, procedure, input };
  }),
);

/** Throws `Failure('invalid_input')` with the nearest names. */
export function findProcedure(name: string): NamedProcedure {
  const found = procedures.find((procedure) => procedure.name === name);
  if (found) return found;
  const [namespace] = name.split('.');
  const near = procedures.filter((procedure) => procedure.namespace === namespace);
  const names = (near.length > 0 ? near : procedures).map((procedure) => procedure.name);
  throw new Failure({
    code: 'invalid_input',
    message: `There is no procedure ${JSON.stringify(name)}. ${near.length > 0 ? `Of ${namespace} there are` : 'There are'}: ${names.join(', ')}.`,
    detail: { procedure: name },
  });
}

/** The input as the contract takes it. Throws `Failure('invalid_input')` that names every wrong field. */
export function checkInput({ name, input }: NamedProcedure, value: unknown): unknown {
  const parsed = input.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => describe(issue, [], value));
  throw new Failure({
    code: 'invalid_input',
    message: `The input of ${name} is not right: ${fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ')}.`,
    detail: { procedure: name, fields },
  });
}

interface WrongField {
  readonly field: string;
  readonly problem: string;
}

type Issue = z.core.$ZodIssue;

/** Every wrong field of an issue; of a union, those of the alternative that comes nearest to what was given. */
function describe(issue: Issue, above: readonly PropertyKey[], input: unknown): WrongField[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const given = issue.path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), input);
    const nearest = issue.errors.toSorted((a, b) => absent(a, given) - absent(b, given) || a.length - b.length)[0];
    if (nearest && nearest.length > 0) return nearest.flatMap((inner) => describe(inner, path, given));
  }
  const field = path.map(String).join('.') || 'input';
  return [{ field, problem: issue.message.replace(/^Invalid input: /, '') }];
}

/** How many issues are about something that was not given at all: the sign of an alternative that was not meant. */
const absent = (issues: readonly Issue[], given: unknown): number =>
  issues.filter(({ path: [key] }) => key !== undefined && !(isObject(given) && key in given)).length;

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;

/** Calls a procedure by its name; resolves to a reply, or to an event iterator. */
export function callByName(
  client: EngineClient,
  { namespace, procedure }: NamedProcedure,
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  type Call = (input: unknown, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  const call = (client as unknown as Record<string, Record<string, Call>>)[namespace]?.[procedure];
  if (!call) throw new Error(`the engine's client has no ${namespace}.${procedure}`);
  return call(input, { signal });
}
