/**
 * A process of `bench:history`: an engine on a generated profile, started as the door of a window starts it. `window`
 * waits until it is warm, opens Mornings, and brushes one half hour after another; `at once` asks the first question of
 * all while the engine has just been started.
 */
import { createRouterClient } from '@orpc/server';
import { createRouter } from '../../electron/core/api/router.ts';
import { createEngine } from '../../electron/core/create-engine.ts';
import { nodePorts } from '../../electron/hosts/node-ports.ts';

export type Visit = 'window' | 'at once';
export interface Measured {
  readonly openingMs: readonly number[];
  readonly brushingMs: readonly number[];
  readonly residentMegabytes: number;
  readonly answers: readonly string[];
}

const minuteMs = 60_000;
/** Half hours of reports and of quiet, by when they begin before the end, as somebody would brush them. */
const brushedBeforeMs = [70, 75, 66, 180, 400, 70].map((minutes) => minutes * minuteMs);

async function measure(profileDir: string, visit: Visit, window: { readonly fromMs: number; readonly toMs: number }) {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: quiet, door: 'bench' });
  const engine = await createEngine(ports, { background: false, forWindow: visit === 'window' });
  const { mornings } = createRouterClient(createRouter(engine), { context: {} });
  const answers: string[] = [];
  const timed = async (ask: () => Promise<string>): Promise<number> => {
    const startedMs = performance.now();
    answers.push(await ask());
    return performance.now() - startedMs;
  };
  const open = async () => {
    const reply = await mornings.timeline({ serverId: 'erp', ...window });
    if (!reply.ok) throw new Error(reply.error.message);
    return `${reply.value.timeline.buckets.length} buckets`;
  };
  const brush = async (beforeMs: number) => {
    const fromMs = window.toMs - beforeMs;
    const reply = await mornings.diagnose({ serverId: 'erp', fromMs, toMs: fromMs + 30 * minuteMs });
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.value.verdict.sentence;
  };
  await engine.warmed;
  const openingMs: number[] = [];
  const brushingMs: number[] = [];
  const [first = 0, ...others] = brushedBeforeMs;
  openingMs.push(await timed(open));
  brushingMs.push(await timed(() => brush(first)));
  if (visit === 'window') {
    for (const beforeMs of others) brushingMs.push(await timed(() => brush(beforeMs)));
    for (let again = 0; again < 2; again += 1) openingMs.push(await timed(open));
  }
  const residentMegabytes = Math.round(process.memoryUsage().rss / 1e6);
  await engine.stop();
  return { openingMs, brushingMs, residentMegabytes, answers } satisfies Measured;
}

if (import.meta.main) {
  const [, , profileDir = '', visit = 'window', fromMs = '0', toMs = '0'] = process.argv;
  const measured = await measure(profileDir, visit as Visit, { fromMs: Number(fromMs), toMs: Number(toMs) });
  console.log(JSON.stringify(measured));
}
