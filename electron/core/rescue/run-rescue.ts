import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startWorkload } from '../../../resources/demo-erp/workload/start-workload.ts';
import type { LoadReport } from '../../../shared/model/demo.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { createEngine, type RunningEngine } from '../create-engine.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';
import type { Ports } from '../ports.ts';
import { reportHtml } from '../report/report-html.ts';
import { cure } from './cure.ts';
import {
  rescueJson,
  type BuiltReadModel,
  type Phase,
  type PhaseName,
  type Rescue,
  type RescueJson,
} from './rescue-result.ts';
import { stopIfAborted } from './stop-if-aborted.ts';
import type { Story } from './story.ts';

export interface RescueOptions {
  /** The profile in `ports.paths` holds the demo ERP: give the rescue one of its own. */
  readonly ports: Ports;
  readonly scale: number;
  readonly managers: number;
  readonly ratePerSecond: number;
  readonly phaseSeconds: number;
  /** Folder for report.html and report.json; created. */
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly story: Story;
  /** Runs while the ERP is still up, after the reports are written (`--keep`). */
  readonly keep?: (where: { readonly uri: string; readonly engine: RunningEngine }) => Promise<void>;
}

/** The seed of the load: every phase issues the same work at the same intended times. */
const loadSeed = 8;

/**
 * The main job: quiet phase, slow morning, verdict, cure, the identical morning again, and once more while every
 * read model is refreshed. Leaves nothing running, however it ends.
 * @throws Failure `cancelled` when the signal aborts; what the steps throw otherwise.
 */
export async function runRescue(options: RescueOptions): Promise<{ rescue: Rescue; json: RescueJson }> {
  await requireWritable(options.outDir);
  const engine = await createEngine(options.ports, { background: true });
  try {
    return await rescueWith(engine, options);
  } finally {
    await engine.stop();
  }
}

async function rescueWith(engine: RunningEngine, options: RescueOptions): Promise<{ rescue: Rescue; json: RescueJson }> {
  const { story, signal, ports } = options;
  // A build or refresh under way is cancelled on the server, not waited for.
  const abort = () => {
    engine.readModels.stop().catch((error: unknown) => ports.logger.error({ err: error }, 'a plan did not stop'));
  };
  signal.addEventListener('abort', abort, { once: true });
  const startedAtMs = ports.clock.nowMs();
  story.step('Opening the demo ERP');
  const opened = await openDemo(engine, options);
  const seedSeconds = (ports.clock.nowMs() - startedAtMs) / 1000;
  const widgetTitles = new Map(opened.widgets.map((widget) => [widget.widgetId, widget.title]));
  const sampler = await engine.servers.sampler(demoServerId);
  sampler.setMode('incident');

  const phase = (name: PhaseName, managers: number, meanwhile?: (signal: AbortSignal) => Promise<void>) =>
    runPhase(engine, options, name, managers, meanwhile);
  story.step('A quiet phase: invoices only');
  const quiet = await phase('quiet', 0);
  story.step(`Eight o'clock: ${options.managers} managers open the executive dashboard`);
  const morning = await phase('morning', options.managers);

  story.step('Who did it?');
  const { verdict } = await engine.mornings.diagnose(demoServerId, morning.fromMs, morning.toMs);
  story.verdict(verdict, widgetTitles);

  story.step('The cure: a read model for every culprit');
  const { readModels, leftAlone } = await cure(engine, options, verdict, widgetTitles);

  story.step('The identical morning again');
  const after = await phase('after', options.managers);
  story.step('Once more, while every read model is refreshed');
  const refreshing = await phase('refreshing', options.managers, async (phaseSignal) => {
    for (const { name } of readModels) {
      if (phaseSignal.aborted) break;
      await engine.readModels.refresh(demoServerId, name);
    }
  });
  sampler.setMode('background');

  const endedAtMs = ports.clock.nowMs();
  const { timeline } = await engine.mornings.timeline(demoServerId, quiet.fromMs, refreshing.toMs);
  const rescue: Rescue = {
    facts: {
      scale: options.scale,
      managers: options.managers,
      ratePerSecond: options.ratePerSecond,
      phaseSeconds: options.phaseSeconds,
      cores: opened.settings.cores ?? 0,
      serverVersion: opened.versionText,
      seedSeconds,
      totalSeconds: (endedAtMs - startedAtMs) / 1000,
      startedAtMs,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    phases: { quiet, morning, after, refreshing },
    verdict,
    timeline,
    readModels: await withFreshAsOf(engine, readModels),
    widgetTitles,
    leftAlone,
  };
  story.beforeAndAfter(rescue);
  const json = rescueJson(rescue);
  const htmlFile = join(options.outDir, 'report.html');
  await writeFile(htmlFile, reportHtml(rescue));
  await writeFile(join(options.outDir, 'report.json'), `${JSON.stringify(json, null, 2)}\n`);
  story.say(`Report: ${htmlFile}`);
  if (options.keep !== undefined && !signal.aborted) await options.keep({ uri: opened.uri, engine });
  return { rescue, json };
}

/** Before five minutes of work, not after them. */
async function requireWritable(outDir: string): Promise<void> {
  try {
    await mkdir(outDir, { recursive: true });
    await access(outDir, constants.W_OK);
  } catch (error) {
    throw new Failure(
      {
        code: 'invalid_input',
        message: `The report cannot be written to ${outDir}: ${error instanceof Error ? error.message : String(error)}. Name another folder with --out.`,
      },
      { cause: error },
    );
  }
}

async function openDemo(engine: RunningEngine, options: RescueOptions) {
  const { scale, story, signal } = options;
  engine.demo.open(scale, { ephemeral: true });
  const follow = (async () => {
    for await (const event of engine.events.subscribe(signal)) {
      if (event.topic !== 'demo') continue;
      const { progress, state } = engine.demo.status();
      if (progress !== null) story.progress(progress.text, progress.fraction);
      if (state !== 'opening') return;
    }
  })();
  const abort = () => {
    engine.demo.close().catch((error: unknown) => options.ports.logger.error({ err: error }, 'closing the demo failed'));
  };
  signal.addEventListener('abort', abort, { once: true });
  const status = await engine.demo.opened();
  signal.removeEventListener('abort', abort);
  stopIfAborted(signal);
  await follow;
  const { erp } = engine.demo;
  if (status.state !== 'open' || erp === null) {
    throw new Failure({ code: 'not_available', message: `The demo ERP did not open: ${status.problem ?? 'no reason given'}` });
  }
  const { facts } = await engine.servers.server(demoServerId);
  const { user, host, port, database } = erp.settings;
  return {
    widgets: erp.widgets,
    settings: erp.settings,
    versionText: facts.versionText.split(' on ')[0] ?? facts.versionText,
    uri: `postgresql://${user}:${encodeURIComponent(erp.password)}@${host}:${port}/${database}`,
  };
}

/** One stretch of load. A whole snapshot is read at both borders, so that the window's deltas are its own. */
async function runPhase(
  engine: RunningEngine,
  options: RescueOptions,
  name: PhaseName,
  managers: number,
  meanwhile: ((signal: AbortSignal) => Promise<void>) | undefined,
): Promise<Phase> {
  const { ports, story, signal, phaseSeconds } = options;
  stopIfAborted(signal);
  const { erp } = engine.demo;
  if (erp === null) throw new Failure({ code: 'connection_lost', message: 'The demo ERP was closed in the middle.' });
  const sampler = await engine.servers.sampler(demoServerId);
  await sampler.readNow();
  const fromMs = ports.clock.nowMs();
  const workload = await startWorkload({
    app: erp.appConnection,
    dashboards: erp.dashboardsConnection,
    ratePerSecond: options.ratePerSecond,
    managers,
    widgets: managers === 0 ? [] : await engine.demo.executiveWidgets(),
    seed: loadSeed,
    durationSeconds: phaseSeconds,
    signal,
    onReport: (report) =>
      story.progress(
        describeLoad(report),
        Math.min(1, (ports.clock.nowMs() - fromMs) / (phaseSeconds * 1000)),
      ),
  });
  const ended = new AbortController();
  const beside = meanwhile?.(ended.signal);
  // A failure beside the load is reported after the load has ended, never left unhandled meanwhile.
  const besideSettled = beside?.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  let load: LoadReport;
  try {
    load = await workload.finished;
  } finally {
    ended.abort();
    await workload.stop();
  }
  const toMs = ports.clock.nowMs();
  const failed = await besideSettled;
  if (failed != null) throw failed.error;
  stopIfAborted(signal);
  await sampler.readNow();
  const phase: Phase = { name, fromMs, toMs, load };
  story.phase(phase);
  return phase;
}

/** As-of and rows after the last refresh. */
async function withFreshAsOf(engine: RunningEngine, built: readonly BuiltReadModel[]): Promise<BuiltReadModel[]> {
  const now = new Map((await engine.readModels.list(demoServerId)).map((model) => [model.name, model]));
  return built.map((model) => {
    const asOf = now.get(model.name)?.freshness.asOf ?? model.asOf;
    return { ...model, rows: now.get(model.name)?.lastRun?.rows ?? model.rows, asOf };
  });
}

function describeLoad(report: LoadReport): string {
  const { save, dashboard } = report;
  const saves = `${save.n} invoices saved, p95 ${save.p95Ms.toFixed(1)} ms`;
  return dashboard.loads + dashboard.skipped === 0 ? saves : `${saves}; ${dashboard.loads} dashboards opened`;
}
