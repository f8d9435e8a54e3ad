import type { Drift, DriftKind } from '../../../../shared/model/drift.ts';
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { copyKindOf, lostKeySql } from '../sql/copies.ts';
import { copyName } from '../sql/names.ts';
import { viewComment } from '../sql/view-comment.ts';
import type { RegistryModel } from './read-registry.ts';

/** What the catalog has where the registry says that a read model is. */
export interface ModelInCatalog {
  readonly view: {
    readonly kind: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly comment: string | null;
    readonly options: readonly string[];
    /** This role may replace it. */
    readonly ownedByUs: boolean;
    /** Relations it reads, `schema.name`, quoted. */
    readonly reads: readonly string[];
    readonly text: string;
  } | null;
  readonly copies: readonly {
    readonly name: string;
    readonly kind: string;
    readonly populated: boolean;
    readonly uniqueKeys: readonly (readonly string[])[];
    /** Left by a NULL in the key. */
    readonly plainKeys: readonly (readonly string[])[];
  }[];
  /** Copies with rows that Daybreak did not write. */
  readonly rewritten: readonly string[];
  /** Roles that were granted SELECT on the stable name. */
  readonly grantees: readonly string[];
  /** What the registered readers may do, by grant or by membership. */
  readonly readers: readonly {
    readonly name: string;
    readonly usesSchema: boolean;
    readonly readsStableName: boolean;
  }[];
  /** Role that Daybreak is connected as. */
  readonly role: string;
}

const rebuild = 'Build a new version of the read model, which puts it right.';

/** Where catalog and registry differ: what happened, to which object, what to do. Empty when they agree. Pure. */
export function driftOf(model: RegistryModel, catalog: ModelInCatalog): Drift[] {
  return [...viewDrift(model, catalog), ...copyDrift(model, catalog)];
}

type Say = (kind: DriftKind, text: string, advice: string, action?: string) => void;

const collect = (object: string): { readonly say: Say; readonly found: Drift[] } => {
  const found: Drift[] = [];
  return {
    found,
    say: (kind, text, advice, action) => found.push({ kind, object, text, advice, action: action ?? null }),
  };
};

function viewDrift(model: RegistryModel, catalog: ModelInCatalog): Drift[] {
  const { view } = catalog;
  const current = model.versions.find(({ state }) => state === 'current');
  if (current === undefined) return [];
  const name = qualifiedName(model.schema, model.name);
  const { say, found } = collect(name);
  if (view === null) {
    say('view_gone', `The stable view ${name} is gone.`, `Readers get an error. ${rebuild}`);
    return found;
  }
  if (view.kind !== 'v') {
    say(
      'view_replaced',
      `${name} is no view any more: somebody replaced it.`,
      'Rename or drop what stands there, then build a new version of the read model.',
    );
    return found;
  }
  if (!view.ownedByUs) {
    say(
      'owner_changed',
      `${name} belongs to another role, so ${catalog.role} may not point it at fresh rows.`,
      'Give it back, or make this role a member of its owner.',
      `alter view ${name} owner to ${quoteIdent(catalog.role)};`,
    );
  }
  const copy = copyName(model.name, current.version, current.liveSlot);
  const [asOf, ...columns] = view.columns;
  const expected = ['daybreak.copy', qualifiedName(model.schema, copy)].toSorted();
  if (asOf?.name !== 'as_of') {
    say('view_redefined', `The first column of ${name} is not as_of: its age cannot be told.`, rebuild);
  } else if (view.reads.toSorted().join('\n') !== expected.join('\n')) {
    say('view_redefined', `${name} reads ${view.reads.join(', ') || 'nothing'}; the registry says ${copy}.`, rebuild);
  } else if (!view.text.includes(quoteLiteral(copy))) {
    say('view_redefined', `${name} shows the as_of of another copy than ${copy}, which it reads.`, rebuild);
  }
  for (const column of current.columns) {
    const now = columns.find((one) => one.name === column.name);
    if (now === undefined) say('column_lost', `${name} has lost its column ${column.name}.`, rebuild);
    else if (now.type !== column.type) {
      const text = `Column ${column.name} of ${name} is ${now.type}, not ${column.type}.`;
      say('column_changed', text, 'Readers see another type. Drop the view and build a new version of the read model.');
    }
  }
  optionDrift(say, name, model.viewOptions, view.options);
  const comment = viewComment(model);
  if (view.comment !== comment) {
    say(
      'comment_changed',
      `The comment on ${name} differs from the registry: whoever looks with psql reads another question, owner or budget.`,
      'Put it back.',
      `comment on view ${name} is ${quoteLiteral(comment)};`,
    );
  }
  grantDrift(say, name, model, catalog);
  return found;
}

function optionDrift(say: Say, name: string, known: readonly string[] | null, now: readonly string[]): void {
  if (known === null) return;
  const erased = known.filter((option) => !now.includes(option));
  if (erased.length === 0) return;
  const restated = erased.map((option) => {
    const [key = '', ...value] = option.split('=');
    return `${quoteIdent(key)} = ${quoteLiteral(value.join('='))}`;
  });
  say(
    'options_changed',
    `${name} has lost ${erased.join(', ')}: a CREATE OR REPLACE VIEW by hand erases options without a word.`,
    'Set it again, if it was not meant: without security_barrier a reader may see rows that it should not.',
    `alter view ${name} set (${restated.join(', ')});`,
  );
}

function grantDrift(say: Say, name: string, model: RegistryModel, { readers, grantees }: ModelInCatalog): void {
  const grantee = (role: string) => (role === 'public' ? 'public' : quoteIdent(role));
  for (const role of readers) {
    if (!role.readsStableName) {
      const action = `grant select on ${name} to ${grantee(role.name)};`;
      say('grant_lost', `Role ${role.name} may no longer read ${name}.`, 'Grant it again.', action);
    } else if (!role.usesSchema) {
      say(
        'grant_lost',
        `Role ${role.name} may not use schema ${model.schema}, so it cannot read ${name}.`,
        'Grant it again.',
        `grant usage on schema ${quoteIdent(model.schema)} to ${grantee(role.name)};`,
      );
    }
  }
  for (const role of grantees.filter((one) => !model.readers.includes(one))) {
    say(
      'grant_unknown',
      `Role ${role} may read ${name}, which the registry does not know.`,
      'Name it as a reader in a new version, or take the right away.',
      `revoke select on ${name} from ${grantee(role)};`,
    );
  }
}

function copyDrift(model: RegistryModel, { copies, rewritten }: ModelInCatalog): Drift[] {
  return model.versions.flatMap((version) =>
    version.copies.flatMap(({ copyId, slot }) => {
      const name = qualifiedName(model.schema, copyId);
      const { say, found } = collect(name);
      const now = copies.find((copy) => copy.name === copyId);
      const live = version.state === 'current' && slot === version.liveSlot;
      const building = version.state === 'building';
      if (now === undefined) {
        if (!building)
          say('copy_gone', `The copy ${copyId} is gone.`, live ? rebuild : 'The next refresh makes it anew.');
        return found;
      }
      const suspended = model.suspended !== null;
      const kind = suspended ? 'table' : copyKindOf(version.period);
      // After a resume the rows from before may stay for who reads them by name, in the table that kept them.
      if (version.state !== 'current' && kind !== 'table' && now.kind === 'r') return found;
      if (now.kind !== (kind === 'table' ? 'r' : 'm')) {
        if (suspended) {
          const text = `${model.name} is suspended, and yet ${copyId} is no plain table: it keeps the ERP's tables from being altered.`;
          say('half_suspended', text, 'Resume the read model, or run the detach script again.');
        } else {
          const text = `${copyId} is no ${kind} any more: somebody replaced it, or detached it without the registry.`;
          say('copy_replaced', text, rebuild);
        }
        return found;
      }
      if (!now.populated) {
        if (live) say('copy_empty', `The copy ${copyId} holds no data, so readers get an error.`, 'Refresh it.');
        return found;
      }
      if (suspended) return found;
      if (live && rewritten.includes(copyId)) {
        if (kind === 'table') {
          const text = `Rows of ${copyId} were written by hand after Daybreak's last refresh: they are not those of as_of.`;
          say('copy_rewritten', text, 'Verify all periods, which finds and mends them.');
        } else {
          const text = `${copyId} was refreshed or altered by hand after Daybreak's last refresh: its rows may be newer than as_of says.`;
          say('copy_rewritten', text, 'Refresh it here, which brings rows and age together.');
        }
      }
      const wanted = version.keyColumns.toSorted().join('\n');
      const keyed = [...now.uniqueKeys, ...now.plainKeys].some((key) => key.toSorted().join('\n') === wanted);
      if (!building && !keyed && wanted !== '') {
        say(
          'index_lost',
          `The copy ${copyId} has lost its unique index.`,
          'Make it again: without it nothing can be refreshed in place.',
          lostKeySql(model.schema, copyId, version.keyColumns, version.period)
            .map((statement) => `${statement};`)
            .join('\n'),
        );
      }
      return found;
    }),
  );
}
