import type { LoadSegment } from '../load/order.ts';
import type { Lengths, PlannedActor, RunPlan, ScenarioRequest, Span } from '../plan.ts';
import type { Actor } from '../actors/actor.ts';

export const usualLines = 3;

/** Five runs of all scenarios in about an hour and a half. */
export const standardLengths: Lengths = {
  warmUp: true,
  quietSeconds: 12,
  incidentSeconds: 16,
  settleSeconds: 2,
  paired: true,
};

/**
 * Twice as fast as incident mode: a run is 16 s of a morning that lasts half an hour, and 3 intervals of 5 s would be
 * all that is known of it.
 */
const rhythm = { activityMs: 500, snapshotMs: 2_000 };
/** Compressed days hold seconds; a day wants samples and snapshots as a real one has minutes. */
const rhythmOfDays = { activityMs: 250, snapshotMs: 1_000 };

/** For functional tests: long enough for a verdict, too short for a share to be worth comparing. */
export const shortLengths: Lengths = {
  warmUp: false,
  quietSeconds: 8,
  incidentSeconds: 10,
  settleSeconds: 1,
  paired: false,
};

export interface Culprits {
  /** At work during the incident alone. */
  readonly culprits?: readonly Actor[];
  /** At work during the incident and during its pair: decoys, stress from outside. */
  readonly bystanders?: readonly Actor[];
  /** At work all the time. */
  readonly always?: readonly Actor[];
  /** During the incident: saves arrive this much faster. */
  readonly surge?: number;
  /** During the incident: lines of an invoice. */
  readonly linesPerInvoice?: number;
  readonly setup?: readonly string[];
  readonly exposureRelation?: string;
  readonly lineForm?: RunPlan['lineForm'];
}

/** Before the quiet stretch, so that none of its saves lies over the run's 0. */
const breathMs = 1_000;

/**
 * Half of the incident's time without its culprits, quiet, incident, a breath, and the other half. Where the pair is
 * more than quiet saves, a first half would hold up the quiet stretch, and all of it comes after.
 */
export function oneMorning({ calibration, lengths }: ScenarioRequest, what: Culprits): RunPlan {
  const incidentMs = lengths.incidentSeconds * 1000;
  const asQuiet = (what.surge ?? what.linesPerInvoice ?? what.bystanders ?? what.always) === undefined;
  const beforeMs = lengths.paired && asQuiet ? incidentMs / 2 : 0;
  const fromMs = beforeMs === 0 ? 0 : beforeMs + breathMs;
  const quiet = span(fromMs, fromMs + lengths.quietSeconds * 1000);
  const incident = span(quiet.toMs, quiet.toMs + incidentMs);
  const settled = incident.toMs + lengths.settleSeconds * 1000;
  const before = span(0, beforeMs);
  const after = span(settled, settled + incidentMs - beforeMs);
  const paired = lengths.paired ? [before, after].filter((half) => half.toMs > half.fromMs) : [];
  const rate = calibration.savesPerSecond;
  const calm = { savesPerSecond: rate, linesPerInvoice: usualLines };
  const during = {
    savesPerSecond: rate * (what.surge ?? 1),
    linesPerInvoice: what.linesPerInvoice ?? usualLines,
    stream: 2,
  };
  const load: LoadSegment[] = [
    { ...quiet, ...calm, stream: 1 },
    { ...incident, ...during },
    { ...span(incident.toMs, settled), ...calm, stream: 3 },
    ...paired.map((half) => ({ ...half, ...during, streamFromMs: half === after ? beforeMs : 0 })),
  ];
  return {
    quiet,
    incident,
    main: span(fromMs, settled),
    pairs: paired.map((half) => ({ window: half, part: half })),
    load,
    lineForm: what.lineForm ?? 'each',
    exposureRelation: what.exposureRelation ?? null,
    setup: what.setup ?? [],
    actors: [
      ...atWork(what.culprits, [incident]),
      ...atWork(what.bystanders, [incident, ...paired]),
      ...atWork(what.always, [span(fromMs, settled), ...paired]),
    ],
    calendar: null,
    rhythm,
  };
}

export interface Days {
  readonly days: number;
  readonly daySeconds: number;
  /** When on day number n the culprits begin, ms into the day. */
  readonly beginsMs: (day: number) => number;
  readonly lastsMs: number;
  readonly culprits: readonly Actor[];
  /** Saves arrive this much faster while the culprits are there, as everybody logs in. */
  readonly wave?: number;
}

/** Days of seconds: the last one's morning is the incident, and the day after it is the same day without culprits. */
export function compressedDays({ calibration }: ScenarioRequest, what: Days): RunPlan {
  const dayMs = what.daySeconds * 1000;
  const morning = (day: number, as = day): Span => {
    const fromMs = day * dayMs + what.beginsMs(as);
    return span(fromMs, fromMs + what.lastsMs);
  };
  const last = what.days - 1;
  const all = Array.from({ length: what.days }, (_, day) => day);
  const segments = (day: number, as = day): LoadSegment[] => {
    const { fromMs, toMs } = morning(day, as);
    const calm = { savesPerSecond: calibration.savesPerSecond, linesPerInvoice: usualLines };
    return [
      { ...span(day * dayMs, fromMs), ...calm, stream: 10 * as + 1 },
      { ...span(fromMs, toMs), ...calm, savesPerSecond: calm.savesPerSecond * (what.wave ?? 1), stream: 10 * as + 2 },
      { ...span(toMs, (day + 1) * dayMs), ...calm, stream: 10 * as + 3 },
    ];
  };
  return {
    quiet: span(morning(last - 1).toMs + 500, morning(last).fromMs),
    incident: morning(last),
    main: span(0, what.days * dayMs),
    pairs: [{ window: morning(last + 1, last), part: span(what.days * dayMs, (last + 2) * dayMs) }],
    load: [...all.flatMap((day) => segments(day)), ...segments(last + 1, last)],
    lineForm: 'each',
    exposureRelation: null,
    setup: [],
    actors: atWork(
      what.culprits,
      all.map((day) => morning(day)),
    ),
    calendar: { dayMs, bucketMs: 1_000 },
    rhythm: rhythmOfDays,
  };
}

const span = (fromMs: number, toMs: number): Span => ({ fromMs, toMs });
const atWork = (actors: readonly Actor[] | undefined, spans: readonly Span[]): PlannedActor[] =>
  (actors ?? []).map((actor) => ({ actor, spans }));
