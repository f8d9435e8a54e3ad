import { quoteLiteral } from '../../postgres/quote.ts';
import { copyRelation } from './names.ts';

/** Options of the stable view as it stands, as the registry shall remember them. */
const optionsNow = (schema: string, name: string): string =>
  `coalesce((select c.reloptions from pg_class c where c.oid = to_regclass(${quoteLiteral(copyRelation(schema, name))})), '{}')`;

/**
 * Writes down the options that a stable view is written with, `name=value` each, so that whoever erases one is noticed:
 * a bare CREATE OR REPLACE VIEW erases security_barrier without a word. For registries from step 10 on.
 */
export const rememberOptionsSql = (name: string, options: readonly string[]): string =>
  `update daybreak.read_model set view_options = array[${options.map(quoteLiteral).join(', ')}]::text[] where name = ${quoteLiteral(name)}`;

/** The options that the view has now, where somebody has only added some: what was erased stays remembered. */
export const rememberMoreOptionsSql = (schema: string, name: string): string =>
  `update daybreak.read_model set view_options = ${optionsNow(schema, name)}
where name = ${quoteLiteral(name)} and (view_options is null
  or (view_options <@ ${optionsNow(schema, name)} and not view_options @> ${optionsNow(schema, name)}))`;
