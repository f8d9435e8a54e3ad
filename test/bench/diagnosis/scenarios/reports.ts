import { burstOfStatements, distinctStatements, outsideStress, statisticsResets } from '../actors/disturbances.ts';
import { reports } from '../actors/reports.ts';
import type { Actor } from '../actors/actor.ts';
import type { Calibration, Scenario } from '../plan.ts';
import { oneMorning } from './lay-out.ts';
import { balances, bestSellers, salesByItem, sleepingReport, todaysReceipts, tricklingReport } from './queries.ts';

/** Passes that keep one processor busy for so long. */
const passesFor = ({ passesPerSecond }: Calibration, cpuSeconds: number): number =>
  Math.max(1, Math.round(passesPerSecond * cpuSeconds));

const inMemory = { work_mem: '64MB' };

/** Reports that fill the processors with parallel workers: as many users as processors, each with two workers. */
const parallelReports = (calibration: Calibration, name: string): Actor =>
  reports({
    name,
    sql: salesByItem(passesFor(calibration, 2.5), name),
    users: calibration.cores,
    settings: inMemory,
  });

const s1: Scenario = {
  id: 'S1',
  title: 'parallel hash aggregate',
  serverSettings: {},
  expect: { kind: 'culprit', marker: 'revenue_s1', evidence: ['cpu'] },
  plan: (request) => oneMorning(request, { culprits: [parallelReports(request.calibration, 'revenue_s1')] }),
};

const s2: Scenario = {
  id: 'S2',
  title: 'scan beyond shared_buffers',
  // Less than either of the tables that are scanned.
  serverSettings: { shared_buffers: '16MB' },
  // The data may sit in the system's page cache: then it is processor time.
  expect: { kind: 'culprit', marker: 'balance_s2', evidence: ['read_io', 'cpu'] },
  plan: (request) =>
    oneMorning(request, {
      culprits: [
        reports({
          name: 'balance_s2',
          sql: balances(passesFor(request.calibration, 3), 'balance_s2'),
          users: request.calibration.cores + 2,
          settings: { max_parallel_workers_per_gather: '0' },
        }),
      ],
    }),
};

const s4: Scenario = {
  id: 'S4',
  title: 'spill to temporary files',
  serverSettings: {},
  expect: { kind: 'culprit', marker: 'place_s4', evidence: ['temp_io'] },
  plan: (request) =>
    oneMorning(request, {
      culprits: [
        reports({
          name: 'place_s4',
          sql: bestSellers(passesFor(request.calibration, 0.3), 'place_s4'),
          users: request.calibration.cores + 2,
          // Sorted item by item along an index it would fit into memory, and some statistics make the planner do so.
          settings: { work_mem: '1MB', max_parallel_workers_per_gather: '0', enable_incremental_sort: 'off' },
        }),
      ],
    }),
};

/** Two kinds of harmless: one sleeps for seconds, one trickles. More sessions than the culprit has. */
const decoy = (seed: number, { cores }: Calibration): Actor =>
  reports({
    name: 'decoy',
    sql: seed % 2 === 0 ? sleepingReport(4) : tricklingReport(150),
    users: cores * 3,
    pauseMs: 20,
  });

const s5: Scenario = {
  id: 'S5',
  title: 'S1 and a harmless long report beside it',
  serverSettings: {},
  expect: { kind: 'culprit', marker: 'revenue_s5', evidence: ['cpu'], decoy: 'pg_sleep' },
  plan: (request) =>
    oneMorning(request, {
      culprits: [parallelReports(request.calibration, 'revenue_s5')],
      bystanders: [decoy(request.seed, request.calibration)],
    }),
};

const s7: Scenario = {
  id: 'S7',
  title: 'processor stress from outside, harmless reports',
  serverSettings: {},
  expect: { kind: 'nobody' },
  plan: (request) => {
    const harmless = [
      decoy(request.seed, request.calibration),
      reports({ name: 'receipts', sql: todaysReceipts, users: 2, pauseMs: 1_000 }),
    ];
    const stress = outsideStress(Math.ceil(request.calibration.cores * 1.5));
    // The pair takes the reports away and keeps the stress: what remains is what the reports did not do.
    return oneMorning(request, { culprits: harmless, bystanders: [stress] });
  },
};

/** The least that the extension accepts. */
const fewestStatements = 100;

const s8: Scenario = {
  id: 'S8',
  title: 'once-a-day report, evicted from the statistics',
  serverSettings: { 'pg_stat_statements.max': String(fewestStatements) },
  expect: { kind: 'culprit', marker: 'revenue_s8', evidence: ['cpu'], badge: 'eviction', caveat: 'evicted' },
  plan: (request) => {
    const { calibration, lengths } = request;
    // Its workers keep all processors busy, so that savers take little from it: two thirds of the incident beside them.
    const passes = passesFor(calibration, lengths.incidentSeconds * (2 / 3) * calibration.cores * 0.8);
    const settings = {
      ...inMemory,
      max_parallel_workers_per_gather: String(calibration.cores * 2),
      parallel_setup_cost: '0',
      min_parallel_table_scan_size: '0',
    };
    return oneMorning(request, {
      culprits: [
        reports({
          name: 'revenue_s8',
          sql: salesByItem(passes, 'revenue_s8'),
          users: 1,
          settings,
          once: true,
          thenSql: burstOfStatements(2 * fewestStatements),
        }),
      ],
      always: [distinctStatements(60)],
    });
  },
};

const s9: Scenario = {
  id: 'S9',
  title: 'S1 with a global and a targeted reset in the middle',
  serverSettings: {},
  expect: { kind: 'culprit', marker: 'revenue_s9', evidence: ['cpu'], badge: 'reset' },
  plan: (request) =>
    oneMorning(request, {
      culprits: [
        parallelReports(request.calibration, 'revenue_s9'),
        statisticsResets({ marker: 'revenue_s9', spanMs: request.lengths.incidentSeconds * 1000 }),
      ],
    }),
};

const s13: Scenario = {
  id: 'S13',
  title: 'report cancelled by statement_timeout every time',
  serverSettings: {},
  expect: { kind: 'culprit', marker: 'revenue_s13', evidence: ['cpu'] },
  plan: (request) =>
    oneMorning(request, {
      culprits: [
        reports({
          name: 'revenue_s13',
          sql: salesByItem(passesFor(request.calibration, 300), 'revenue_s13'),
          users: request.calibration.cores,
          settings: { ...inMemory, statement_timeout: '3s' },
          pauseMs: 300,
        }),
      ],
    }),
};

export const reportScenarios = [s1, s2, s4, s5, s7, s8, s9, s13];
