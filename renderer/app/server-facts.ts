import type { SamplerStatus, ServerSummary } from '../../shared/model/connection.ts';

/** 180004 -> '18.4'. */
export function versionOf(versionNumber: number): string {
  return `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
}

/** 'PostgreSQL 16.4 · 8 cores', with what is known; a number stays with what it counts where the line is narrow. */
export function versionShort({ facts, settings }: Pick<ServerSummary, 'facts' | 'settings'>): string {
  const parts = facts === null ? [] : [`PostgreSQL ${versionOf(facts.versionNumber)}`];
  if (settings.cores !== null) parts.push(settings.cores === 1 ? '1\u00a0core' : `${settings.cores}\u00a0cores`);
  if (facts?.inRecovery === true) parts.push('replica');
  return parts.join(' · ');
}

/** What the sampler does and what that costs the server: at most, the way there and back is in it. */
export function samplingText(sampler: SamplerStatus): string {
  if (!sampler.running) return sampler.problem === null ? 'not sampling' : 'not sampling: see Connections';
  const what = sampler.mode === 'incident' ? 'watching live' : 'sampling';
  return sampler.ownCostPercent === null
    ? `${what}, cost not measured yet`
    : `${what}, at most ${sampler.ownCostPercent.toFixed(2)}\u00a0% of a core`;
}

/** Milliseconds that are left -> '00:24'. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Milliseconds that are left, in a sentence: '12 s', '1 min 5 s'. */
export function secondsLeft(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
