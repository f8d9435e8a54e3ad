import { identBytes, maxIdentBytes, qualifiedName } from '../../postgres/quote.ts';
import { Failure } from '../../../../shared/model/failure.ts';

export type Slot = 'a' | 'b';

/** Schema of Daybreak's own tables in the target database. */
export const registrySchema = 'daybreak';

/** `sales_v2_a`: the physical relation of a copy, and its id in `daybreak.copy`. Nobody queries it by name. */
export const copyName = (readModel: string, version: number, slot: Slot): string => `${readModel}_v${version}_${slot}`;

export const otherSlot = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a');

/** The unique index of a copy's key. */
export const keyIndexName = (copy: string): string => `${copy}_key`;

/** The copy as it stands in SQL. */
export const copyRelation = (schema: string, copy: string): string => qualifiedName(schema, copy);

/** Throws `invalid_input` where read models may not live. */
export function requireUsableSchema(schema: string): void {
  const refuse = (why: string) =>
    new Failure({
      code: 'invalid_input',
      message: `Read models cannot live in schema ${JSON.stringify(schema)}: ${why}.`,
    });
  if (identBytes(schema) > maxIdentBytes) throw refuse(`its name has more than ${maxIdentBytes} bytes`);
  if (schema.startsWith('pg_') || schema === 'information_schema') throw refuse('it belongs to PostgreSQL');
  if (schema === registrySchema) throw refuse("it is Daybreak's registry");
}
