/** A process of `bench:history`: an engine on a generated profile that is asked one question again and again. */
import { call } from '@orpc/server';
import { createCore } from '../../electron/core/create-core.ts';
import { nodePorts } from '../../electron/hosts/node-ports.ts';

export type Question = 'timeline' | 'diagnose';
export interface Measured {
  readonly coldMs: number;
  readonly warmMs: readonly number[];
  readonly answer: string;
}

async function measure(
  profileDir: string,
  question: Question,
  window: { readonly fromMs: number; readonly toMs: number },
  repetitions: number,
): Promise<Measured> {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const core = await createCore(
    nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: quiet, door: 'bench' }),
    { background: false },
  );
  const { mornings } = core.router;
  // Half an hour of reports, as somebody would brush it.
  const brushed = { fromMs: window.toMs - 70 * 60_000, toMs: window.toMs - 40 * 60_000 };
  const ask = async (): Promise<string> => {
    if (question === 'timeline') {
      const reply = await call(mornings.timeline, { serverId: 'erp', ...window });
      if (!reply.ok) throw new Error(reply.error.message);
      return `${reply.value.timeline.buckets.length} buckets`;
    }
    const reply = await call(mornings.diagnose, { serverId: 'erp', ...brushed });
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.value.verdict.sentence;
  };
  const times: number[] = [];
  let answer = '';
  for (let run = 0; run <= repetitions; run += 1) {
    const startedMs = performance.now();
    answer = await ask();
    times.push(performance.now() - startedMs);
  }
  await core.stop();
  const [coldMs = 0, ...warmMs] = times;
  return { coldMs, warmMs, answer };
}

if (import.meta.main) {
  const [, , profileDir = '', question = 'timeline', fromMs = '0', toMs = '0', repetitions = '3'] = process.argv;
  const window = { fromMs: Number(fromMs), toMs: Number(toMs) };
  const measured = await measure(profileDir, question as Question, window, Number(repetitions));
  console.log(JSON.stringify(measured));
}
