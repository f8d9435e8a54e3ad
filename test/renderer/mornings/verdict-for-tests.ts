import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../shared/model/statement.ts';

export const statement = (statementId: string, part: Partial<Statement> = {}): Statement => ({
  statementId,
  databaseName: 'erp',
  roleName: 'app',
  queryid: statementId,
  toplevel: true,
  text: 'select 1',
  fingerprint: `f${statementId}`,
  class: 'reporting',
  classSource: 'score',
  applicationNames: [],
  widgetId: null,
  ...part,
});

export const finding = (findingId: string, part: Partial<Finding> = {}): Finding => ({
  findingId,
  statement: statement(findingId),
  members: [],
  class: 'reporting',
  blameShare: 0.4,
  blameInterval: [0.3, 0.5],
  damageSeconds: 12,
  grade: 'B',
  evidence: [{ kind: 'cpu', damageSeconds: 12, share: 0.4, text: 'held 40 % of the processors' }],
  calls: 3,
  meanMs: 1200,
  rowsPerCall: 12,
  blocksPerCall: null,
  averageActiveSessions: 1.2,
  runBy: ['metabase'],
  spark: [],
  ifGoneMeanMs: 4,
  ifGoneP95Ms: null,
  caveats: [],
  cure: 'read_model',
  ...part,
});

export const verdict = (findings: Finding[]): Verdict => ({
  fromMs: Date.UTC(2026, 10, 20, 7, 52),
  toMs: Date.UTC(2026, 10, 20, 8, 21),
  conclusion: 'culprits',
  sentence: 'Between 07:52 and 08:21 saving took 13 times longer.',
  damageSeconds: 30,
  slowdown: 13,
  baselineMeanMs: 2,
  meanMs: 26,
  baselineP95Ms: null,
  p95Ms: null,
  saves: 1914,
  findings,
  victims: [],
  unexplainedShare: 0.2,
  badges: [],
});
