import type { Column, Consumer, PlanKind, StillRead } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import type { Grant } from '../sql/grants.ts';
import type { Slot } from '../sql/names.ts';
import type { CarriedViews } from '../sql/replace-view.ts';
import type { ViewColumn } from '../sql/stable-view.ts';

/** A version as the registry has it. */
export interface RegisteredVersion {
  readonly version: number;
  readonly state: 'building' | 'current' | 'previous' | 'retired';
  readonly liveSlot: Slot;
  readonly definitionSql: string;
  readonly keyColumns: readonly string[];
  readonly columns: readonly Column[];
  readonly parents: readonly string[];
  /** Null where every refresh recomputes all of it; its copies are materialized views then, else tables. */
  readonly period: Period | null;
  readonly planId: string;
  /** Relations of its copies; they bear the copy's id as their name. */
  readonly copies: readonly string[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly schema: string;
  readonly question: string;
  readonly owner: string;
  readonly consumers: readonly Consumer[];
  /** Roles that were granted the stable name. */
  readonly readers: readonly string[];
  /** Oldest first. */
  readonly versions: readonly RegisteredVersion[];
  /** While the ERP is upgraded: readers see the rows as they were then, in a plain table. Null or absent: it is refreshed. */
  readonly suspended?: Suspended | null;
}

export interface Suspended {
  readonly atMs: number;
  /** The role that did it. */
  readonly by: string;
}

/** What stands under the stable name. */
export interface StableNameFacts {
  /** pg_class.relkind: 'v' is a view. */
  readonly kind: string;
  /** Without `as_of`. */
  readonly columns: readonly ViewColumn[];
  readonly firstColumn: string | null;
  readonly options: readonly string[];
  readonly comment: string | null;
  readonly ownedByUs: boolean;
  /** Its owner, where that is not the role that plans: readers come with the owner's rights. */
  readonly otherOwner?: string | null;
  /** Views, materialized views and functions that read it, e.g. 'view erp.board'. */
  readonly dependents: readonly string[];
}

export interface RoleFacts {
  readonly name: string;
  readonly exists: boolean;
  readonly usesSchema: boolean;
  readonly readsStableName: boolean;
}

export interface PreparationStep {
  readonly title: string;
  readonly sql: readonly string[];
  readonly undoSql: readonly string[];
}

/** What a plan rests on, read from the catalog and the registry at one moment. */
export interface CatalogFacts {
  readonly role: string;
  readonly database: string;
  readonly rights: {
    readonly createInDatabase: boolean;
    /** True for a schema that is there and takes our relations; null while there is none. */
    readonly createInSchema: boolean | null;
    readonly ownsSchema: boolean;
    /** True where the registry is there and can be written; null while there is none. */
    readonly writesRegistry: boolean | null;
  };
  readonly model: RegisteredModel | null;
  readonly stableName: StableNameFacts | null;
  /** Relations in the schema whose names belong to copies of this model (`name_vN_a`), registered or not. */
  readonly copyNames: readonly string[];
  /** What reads copies beside the stable view, e.g. 'view erp.board reads sales_v1_a'. */
  readonly copyDependents: readonly { readonly copy: string; readonly dependent: string }[];
  /** Where the stable view is to be made anew: all that hangs on it now, and the views that read it. Else null. */
  readonly carried: (CarriedViews & { readonly foreign: readonly string[]; readonly others: readonly string[] }) | null;
  /** What others may do with the copy that readers see: whoever reads it through an invoker's view needs it. */
  readonly liveCopyGrants: readonly Grant[];
  /** Its indexes beside the key; absent where there are none. */
  readonly liveIndexes?: readonly BesideIndex[];
  /** Copies that are plain tables although their version has no period: a suspension left them. Absent where there are none. */
  readonly keptTables?: readonly string[];
  /** The definition that readers see the rows of, where it does not give any more what its copies hold. */
  readonly servedNow?: ServedNow;
  /** Columns of the proposed definition as the server gives them now; null for kinds without a definition. */
  readonly definitionColumns: readonly Column[] | null;
  /** Read models that the definition reads. */
  readonly parents: readonly string[];
  /** Other read models whose versions read this one. */
  readonly children?: readonly string[];
  /** The way from this read model through what it reads back to itself; absent where there is none. */
  readonly cycle?: readonly string[];
  readonly roles: readonly RoleFacts[];
  /**
   * What has to be there before: the registry and the schema. Left out of the plan's hash: when somebody else made
   * them meanwhile, the step is skipped and the plan holds.
   */
  readonly preparation: readonly PreparationStep[];
  /** The registry has a place for the options of stable views. Left out of the hash, as `preparation` is. */
  readonly keepsOptions?: boolean;
  /** The materialized view that an import is about; null where there is none. */
  readonly imported?: ImportedView | null;
  /** For plans that concern every read model. */
  readonly registry?: {
    readonly models: readonly RegisteredModel[];
    /** What reads the registry beside the stable views. */
    readonly dependents: readonly string[];
  };
}

/** An index that is not the one of the key. */
export interface BesideIndex {
  readonly unique: boolean;
  /** What follows the relation in CREATE INDEX. */
  readonly definition: string;
  /** Columns that it needs, also within expressions. */
  readonly needs: readonly string[];
}

/** The ERP may alter what a table was filled from; what a materialized view reads, it may not. */
export type ServedNow =
  | { readonly columns: readonly Column[]; readonly problem: null }
  /** Why it cannot be read any more. */
  | { readonly columns: null; readonly problem: string };

/** A materialized view that was not made by Daybreak. */
export interface ImportedView {
  readonly name: string;
  readonly owner: string;
  readonly ownedByUs: boolean;
  readonly indexes: readonly {
    readonly unique: boolean;
    /** Null where it is over expressions or a part of the rows, or carries other columns along. */
    readonly columns: readonly string[] | null;
    /** What follows the relation in CREATE INDEX. */
    readonly definition: string;
  }[];
  readonly grantees: readonly string[];
  readonly columnGrants: readonly { readonly column: string; readonly role: string }[];
  /** Views and functions that read it. */
  readonly dependents: readonly string[];
}

/** What is known beside the facts, and changes too often for the plan's hash. */
export interface PlanWishes {
  /** Of the versions that are not served, by version. */
  readonly stillRead: Readonly<Record<number, StillRead>>;
  /** The version to drop. */
  readonly version?: number;
  /** Scans of that version's copies so far; more of them when the plan runs are a reason not to drop it. Null: drop it even if it is read. */
  readonly scansSoFar?: Readonly<Record<string, number>> | null;
}

/** What a plan is about, whoever asks. */
export interface PlanRequest {
  readonly kind: PlanKind;
  readonly planId: string;
  readonly serverId: string;
  readonly createdAtMs: number;
  readonly schema: string;
  readonly readModel: string;
  /** Rights that are missing make it a script for somebody else, instead of refusing it. */
  readonly forScript?: boolean;
}
