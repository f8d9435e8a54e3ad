import { generator } from '../../../../resources/demo-erp/workload/work-plan.ts';
import { bulkImport, openDialog } from '../actors/disturbances.ts';
import { reports, together } from '../actors/reports.ts';
import type { Scenario } from '../plan.ts';
import { compressedDays, oneMorning } from './lay-out.ts';
import { balances, customerExposure, importReceipts, reorderPoints, salesByItem } from './queries.ts';

/** A refresh aggregates so many times faster than the reports do: it has one table and few groups. */
const refreshAdvantage = 20;

const refreshing: Scenario['plan'] = (request) => {
  const passes = Math.round(request.calibration.passesPerSecond * refreshAdvantage * 2);
  return oneMorning(request, {
    setup: [
      customerExposure(passes),
      'create unique index on erp.customer_exposure (customer_id)',
      'analyze erp.customer_exposure',
      'grant select on erp.customer_exposure to erp_app',
      'grant create on schema erp to dashboards',
      'alter materialized view erp.customer_exposure owner to dashboards',
    ],
    exposureRelation: 'erp.customer_exposure',
    culprits: [
      reports({
        name: 'refresh',
        sql: 'refresh materialized view erp.customer_exposure',
        users: 1,
        applicationName: 'reporting-jobs',
        settings: { max_parallel_workers_per_gather: '0' },
        pauseMs: 2_000,
      }),
    ],
  });
};

const holdingRows: Scenario['plan'] = (request) =>
  oneMorning(request, {
    culprits: [openDialog({ name: 'dialog', sql: reorderPoints, heldMs: 2_500, pauseMs: 2_000 })],
  });

const s3 = (variant: 'refresh' | 'row lock'): Scenario => ({
  id: 'S3',
  title: variant === 'refresh' ? 'REFRESH that is not concurrent' : 'row lock held',
  serverSettings: {},
  expect: {
    kind: 'culprit',
    marker: variant === 'refresh' ? 'refresh materialized view' : 'set reorder_point',
    evidence: ['lock'],
    grade: 'B',
  },
  plan: variant === 'refresh' ? refreshing : holdingRows,
});

const s6: Scenario = {
  id: 'S6',
  title: 'surge of saves, no report',
  serverSettings: {},
  expect: { kind: 'nobody' },
  plan: (request) => oneMorning(withoutPair(request), { surge: 3.2 }),
};

const s11: Scenario = {
  id: 'S11',
  title: 'bulk import, no report',
  serverSettings: {},
  expect: {
    kind: 'culprit',
    marker: 'insert into erp.receipt',
    evidence: ['cpu', 'wal', 'read_io', 'write_io'],
    class: 'batch',
  },
  plan: (request) =>
    oneMorning(request, {
      culprits: [
        bulkImport({
          name: 'import',
          sql: importReceipts,
          sessions: request.calibration.cores + 1,
          // A second or two a chunk on this machine: about 30 passes' worth of rows a second.
          rowsPerChunk: Math.round(request.calibration.passesPerSecond * 15_000),
        }),
      ],
    }),
};

const s12 = (lineForm: 'each' | 'set'): Scenario => ({
  id: 'S12',
  title: lineForm === 'each' ? 'bigger invoices, more statements' : 'bigger invoices, bigger statements',
  serverSettings: {},
  expect: { kind: 'nobody' },
  plan: (request) => oneMorning(withoutPair(request), { lineForm, linesPerInvoice: lineForm === 'each' ? 10 : 45 }),
});

const s10: Scenario = {
  id: 'S10',
  title: 'two reports, always together',
  serverSettings: {},
  expect: { kind: 'group', markers: ['revenue_s10', 'balance_s10'] },
  plan: (request) => {
    const { calibration, seed } = request;
    const random = generator(seed, 51, 0);
    const begins = Array.from({ length: 8 }, () => 800 + 3_000 * random());
    const passes = Math.max(1, Math.round(calibration.passesPerSecond * 0.7));
    return compressedDays(request, {
      days: begins.length,
      daySeconds: 8,
      beginsMs: (day) => begins[day] ?? 0,
      lastsMs: 3_000,
      culprits: [
        together({
          name: 'page',
          pair: [salesByItem(passes, 'revenue_s10'), balances(passes, 'balance_s10')],
          users: calibration.cores,
        }),
      ],
    });
  },
};

const s14: Scenario = {
  id: 'S14',
  title: 'at the same clock time every day, with the login wave',
  serverSettings: {},
  expect: { kind: 'not_identifiable', marker: 'revenue_s14' },
  plan: (request) => {
    const { calibration } = request;
    return compressedDays(request, {
      days: 8,
      daySeconds: 8,
      beginsMs: () => 2_000,
      lastsMs: 3_000,
      wave: 2,
      culprits: [
        reports({
          name: 'revenue_s14',
          sql: salesByItem(Math.max(1, Math.round(calibration.passesPerSecond * 0.7)), 'revenue_s14'),
          users: calibration.cores,
          settings: { work_mem: '64MB' },
          spreadMs: 50,
        }),
      ],
    });
  },
};

/** Where nobody is to be taken away, the pair would be the run itself. */
const withoutPair = <T extends Parameters<Scenario['plan']>[0]>(request: T): T => ({
  ...request,
  lengths: { ...request.lengths, paired: false },
});

export const otherScenarios = { s3, s6, s10, s11, s12, s14 };
