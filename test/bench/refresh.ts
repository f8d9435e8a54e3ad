/**
 * `npm run bench:refresh`: what a refresh costs in each mode. A model of `--rows` rows (1,800,000) over twice as many
 * postings, of which 1 % of the groups change before every refresh, is refreshed in turn by REFRESH CONCURRENTLY, side by
 * side and by period, `--rounds 3` times, each while one reader reads. Ratios are paired: both times of one round, and
 * the worst round counts. At the end both models are compared with their definition. `--server 15` uses Debian's server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../shared/format/bytes.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import type { RunCost } from '../../shared/model/read-model.ts';
import { atLeast, atMost, finish } from './gates.ts';
import { openPostings, type ModelName, type Postings } from './refresh/postings.ts';
import { forkReader, type Reader, type Reading } from './refresh/reading.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1800000' },
    rounds: { type: 'string', default: '3' },
    server: { type: 'string', default: '18' },
  },
});
if (values.server !== '15' && values.server !== '18') throw new Error('--server is 15 or 18');

const modes = ['concurrent', 'side_by_side', 'by_period'] as const;
type Mode = (typeof modes)[number];
const modelOf: Readonly<Record<Mode, ModelName>> = {
  concurrent: 'sales',
  side_by_side: 'sales',
  by_period: 'sales_by_day',
};

interface Measured extends Reading {
  readonly tookMs: number;
  readonly cost: RunCost | null;
  /** What the engine was about when the longest read began. */
  readonly longestDuring: string;
}
/** `calm`: with nothing of ours beside the reader; `busy`: with the definition's own query beside it, and nothing written. */
type Round = Readonly<Record<Mode, Measured> & { calm: Reading; busy: Reading }>;

/** How long the reader reads alone: what a read takes on this machine with nothing of ours beside it. */
const calmMs = 10_000;

async function measure(postings: Postings, reader: Reader, mode: Mode): Promise<Measured> {
  await postings.change();
  await postings.settle();
  postings.phases();
  const { result, reading } = await reader.during(`reporting.${modelOf[mode]}`, async () => {
    const begunMs = performance.now();
    const { cost } = await postings.refresh(modelOf[mode], mode);
    return { tookMs: performance.now() - begunMs, cost };
  });
  const { tookMs, cost } = result;
  const { longestBeganAtMs, longestReadMs } = reading;
  const during = postings
    .phases()
    .filter((phase) => phase.beganAtMs <= longestBeganAtMs + longestReadMs && phase.endedAtMs >= longestBeganAtMs)
    .map(({ purpose }) => purpose);
  const longestDuring = during.join(', then ') || 'nothing of the refresh';
  console.log(
    `${mode}: ${formatDuration(tookMs)}, ${readText(reading)} during "${longestDuring}", ` +
      `WAL ${bytes(cost?.walBytes)}, temporary files ${bytes(cost?.tempBytes)}, ` +
      `rows +${cost?.rowsInserted ?? '?'} ~${cost?.rowsUpdated ?? '?'} -${cost?.rowsDeleted ?? '?'}`,
  );
  return { tookMs, cost, longestDuring, ...reading };
}

const readText = (reading: Reading): string =>
  `longest of ${reading.reads} reads ${formatDuration(reading.longestReadMs)} (median ${formatDuration(reading.medianMs)}, ` +
  `${reading.slowReads} above 50 ms, slow ones waited for ${JSON.stringify(reading.slowReadsWaitedFor)}, ` +
  `the reader's own longest pause ${formatDuration(reading.longestPauseMs)})`;

const bytes = (count: number | null | undefined): string => (count == null ? 'unknown' : formatBytes(count));

async function run(postings: Postings) {
  const { groups, dirtyGroups, dirtyDays, version } = postings;
  console.log(`PostgreSQL ${version}: ${groups} groups, ${dirtyGroups} of ${dirtyDays} days change each time`);
  const reader = await forkReader(postings.readerUrl);
  const rounds: Round[] = [];
  try {
    // The second copy of a model is made once in its life.
    await postings.refresh('sales', 'side_by_side');
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const measured: Partial<Record<Mode, Measured>> = {};
      // Another one begins each round, so that what one leaves behind does not always fall on the same.
      for (let turn = 0; turn < modes.length; turn += 1) {
        const mode = modes[(round + turn) % modes.length] ?? 'concurrent';
        measured[mode] = await measure(postings, reader, mode);
      }
      const { reading: calm } = await reader.during('reporting.sales', () => sleep(calmMs));
      console.log(`no refresh: ${readText(calm)}`);
      const { reading: busy } = await reader.during('reporting.sales', () => postings.work(calmMs));
      console.log(`no refresh, but a backend that scans and sorts: ${readText(busy)}`);
      rounds.push({ ...(measured as Record<Mode, Measured>), calm, busy });
    }
    return {
      rounds,
      differing: await differingRows(postings),
      conditions: { version, groups, dirtyGroups, dirtyDays },
    };
  } finally {
    await reader.end();
  }
}

/** Of both models together, each refreshed once more: the last change was measured with one of them alone. */
async function differingRows(postings: Postings): Promise<number> {
  let differing = 0;
  for (const mode of ['side_by_side', 'by_period'] as const) {
    await postings.refresh(modelOf[mode], mode);
    differing += await postings.differing(modelOf[mode]);
  }
  return differing;
}

const postings = await openPostings({ major: values.server === '15' ? 15 : 18, rows: Number(values.rows) });
const { rounds, differing, conditions } = await run(postings).finally(() => postings.stop());

const worst = (value: (round: Round) => number, pick: (...figures: number[]) => number, digits: number): number =>
  Number(pick(...rounds.map(value)).toFixed(digits));
finish(
  'refresh',
  [
    atLeast(
      'sideBySideSpeedup',
      worst((round) => round.concurrent.tookMs / round.side_by_side.tookMs, Math.min, 2),
      2.5,
    ),
    atMost(
      'sideBySideLongestReadMs',
      worst((round) => round.side_by_side.longestReadMs, Math.max, 1),
      50,
    ),
    atLeast(
      'byPeriodSpeedup',
      worst((round) => round.concurrent.tookMs / round.by_period.tookMs, Math.min, 1),
      40,
    ),
    atMost('differingRows', differing, 0),
  ],
  { ...conditions, rounds },
);
