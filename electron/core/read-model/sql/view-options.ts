import { qualifiedName, quoteLiteral } from '../../postgres/quote.ts';
import { doBlock } from './dollar-quote.ts';
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

/**
 * Fails where the stable view has other options than those that its next version is about to restate: whoever set
 * security_barrier meanwhile would lose it without a word. A script has no other check when it runs.
 */
export function requireOptionsSql(schema: string, name: string, options: readonly string[]): string {
  const view = qualifiedName(schema, name);
  const expected = `array[${options.map(quoteLiteral).join(', ')}]::text[]`;
  return doBlock(
    'verify_options',
    `  daybreak_options text[] := ${optionsNow(schema, name)};`,
    `  if not (daybreak_options @> ${expected} and daybreak_options <@ ${expected}) then
    raise exception using errcode = 'object_not_in_prerequisite_state',
      message = format(${quoteLiteral(`the options of the stable view ${view.replaceAll('%', '%%')} were changed meanwhile to (%s), and would be lost: begin anew, which goes by them`)}, array_to_string(daybreak_options, ', '));
  end if;`,
  );
}

/** The options that the view has now, where somebody has only added some: what was erased stays remembered. */
export const rememberMoreOptionsSql = (schema: string, name: string): string =>
  `update daybreak.read_model set view_options = ${optionsNow(schema, name)}
where name = ${quoteLiteral(name)} and (view_options is null
  or (view_options <@ ${optionsNow(schema, name)} and not view_options @> ${optionsNow(schema, name)}))`;
