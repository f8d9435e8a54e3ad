import type { OriginFilter } from '../../../shared/model/diagnosis.ts';
import type { Params } from '../../app/router.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { ranges, type RangeId } from './view.ts';

export const tabs = [
  { id: 'findings', label: 'Findings' },
  { id: 'victims', label: 'Victims' },
  { id: 'transactions', label: 'Slow transactions' },
  { id: 'locks', label: 'Lock queues' },
  { id: 'open', label: 'Open findings' },
  { id: 'classes', label: 'Classes' },
  { id: 'indexes', label: 'Report indexes' },
] as const;
export type TabId = (typeof tabs)[number]['id'];

export const statementTabs = [
  { id: 'why', label: 'Why' },
  { id: 'history', label: 'History' },
  { id: 'plan', label: 'Plan' },
  { id: 'index', label: 'Index' },
  { id: 'experiment', label: 'Experiment' },
] as const;
export type StatementTabId = (typeof statementTabs)[number]['id'];

/** All that a person chose on Mornings, so that one can send it to another and both see the same. */
export interface MorningsAddress {
  readonly range: RangeId;
  /** What the timeline was zoomed to. */
  readonly zoom: TimeWindow | null;
  /** The incident. */
  readonly window: TimeWindow | null;
  /** The morning that it is compared with. */
  readonly other: TimeWindow | null;
  readonly comparing: boolean;
  readonly filter: Required<OriginFilter>;
  readonly tab: TabId;
  /** The statement that is open. */
  readonly statementId: string | null;
  readonly statementTab: StatementTabId;
  /** What people say that a save takes, seconds. */
  readonly saidSeconds: number | null;
}

export const noFilter: Required<OriginFilter> = { applicationNames: [], roleNames: [], databaseNames: [] };

/** Moments are ms since the epoch or ISO 8601. What cannot be read is left out: an address may be typed. */
export function readAddress(path: readonly string[], params: URLSearchParams): MorningsAddress {
  const said = Number(params.get('said'));
  const incident = window(params, 'from', 'to');
  return {
    range: ranges.find(({ id }) => id === params.get('range'))?.id ?? '1h',
    zoom: window(params, 'vfrom', 'vto'),
    window: incident,
    other: window(params, 'ofrom', 'oto'),
    comparing: path[1] === 'compare',
    filter: {
      applicationNames: params.getAll('app'),
      roleNames: params.getAll('role'),
      databaseNames: params.getAll('db'),
    },
    tab: tabs.find(({ id }) => id === params.get('tab'))?.id ?? 'findings',
    // A statement is shown in its window: without one there is nothing to open.
    statementId: path[1] === 'finding' && incident !== null ? params.get('statement') : null,
    statementTab: statementTabs.find(({ id }) => id === params.get('view'))?.id ?? 'why',
    saidSeconds: Number.isFinite(said) && said > 0 ? said : null,
  };
}

/** Path and params of an address; what is as always is left out. */
export function writeAddress(to: MorningsAddress): { readonly path: string; readonly params: Params } {
  const open = to.statementId !== null && to.window !== null && !to.comparing;
  return {
    path: to.comparing ? '/mornings/compare' : open ? '/mornings/finding' : '/mornings',
    params: {
      range: to.range === '1h' ? null : to.range,
      vfrom: to.zoom?.fromMs,
      vto: to.zoom?.toMs,
      from: to.window?.fromMs,
      to: to.window?.toMs,
      ofrom: to.comparing ? to.other?.fromMs : null,
      oto: to.comparing ? to.other?.toMs : null,
      app: to.filter.applicationNames,
      role: to.filter.roleNames,
      db: to.filter.databaseNames,
      tab: to.tab === 'findings' ? null : to.tab,
      statement: open ? to.statementId : null,
      view: open && to.statementTab !== 'why' ? to.statementTab : null,
      said: to.saidSeconds,
    },
  };
}

function window(params: URLSearchParams, from: string, to: string): TimeWindow | null {
  const fromMs = moment(params.get(from));
  const toMs = moment(params.get(to));
  return fromMs !== null && toMs !== null && fromMs < toMs ? { fromMs, toMs } : null;
}

function moment(text: string | null): number | null {
  if (text === null || text === '') return null;
  const atMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isSafeInteger(atMs) ? atMs : null;
}
