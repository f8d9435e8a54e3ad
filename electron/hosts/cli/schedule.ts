import { Failure } from '../../../shared/model/failure.ts';
import type { Schedule } from '../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { value } from './known-server.ts';
import { onServer, print, type ServerOptions, type ShowOptions } from './on-server.ts';
import { askedText, modelText, overviewText, runsText } from './schedule-text.ts';
import { terminalWidth } from './text-table.ts';

interface Shown extends ServerOptions, ShowOptions {}

/** `daybreak schedule list`. */
export const scheduleList = (options: Shown): Promise<number> =>
  onServer(options, async (client, serverId) => {
    const overview = value(await client.schedule.overview({ serverId }));
    print(options, overview, () => overviewText(overview, terminalWidth(process.stdout)));
    return overview.registry.state === 'ready' ? 0 : 1;
  });

export interface SetOptions extends Shown {
  readonly budget?: boolean | undefined;
  readonly cron?: string | undefined;
  readonly timeZone: string;
  readonly after?: readonly string[] | undefined;
  readonly byHand?: boolean | undefined;
  /** Shows what would come of it, and sets nothing. */
  readonly preview: boolean;
}

/** `daybreak schedule set`. */
export const scheduleSet = (readModel: string, options: SetOptions): Promise<number> => {
  const schedule = scheduleOf(options);
  return show(options, (client, serverId) =>
    options.preview
      ? client.schedule.preview({ serverId, readModel, schedule })
      : client.schedule.set({ serverId, readModel, schedule }),
  );
};

function scheduleOf({ budget, cron, timeZone, after, byHand }: SetOptions): Schedule {
  const asked: Schedule[] = [
    ...(budget === true ? [{ kind: 'budget' as const }] : []),
    ...(cron === undefined ? [] : [{ kind: 'cron' as const, expression: cron, timeZone }]),
    ...(after === undefined ? [] : [{ kind: 'after' as const, parents: [...after] }]),
    ...(byHand === true ? [{ kind: 'hand' as const }] : []),
  ];
  const [only, ...others] = asked;
  if (only !== undefined && others.length === 0) return only;
  throw new Failure({
    code: 'invalid_input',
    message: 'Say exactly one of --budget, --cron <expression>, --after <read models> and --by-hand.',
  });
}

export const schedulePause = (readModel: string, why: string, options: Shown): Promise<number> =>
  show(options, (client, serverId) => client.schedule.pause({ serverId, readModel, why }));

export const scheduleResume = (readModel: string, options: Shown): Promise<number> =>
  show(options, (client, serverId) => client.schedule.resume({ serverId, readModel }));

/** `daybreak schedule refresh`: by the next runner with a free place, or with `here` at once in this process. */
export const scheduleRefresh = (readModel: string, options: Shown & { readonly here: boolean }): Promise<number> =>
  options.here
    ? refreshHere(readModel, options)
    : show(options, (client, serverId) => ask(client, serverId, readModel), askedText);

const refreshHere = (readModel: string, options: Shown): Promise<number> =>
  onServer(options, async (client, serverId) => {
    // What a client has sent goes on without it: it has to be cancelled on the server.
    const cancel = () => void client.readModels.cancelRefresh({ serverId, name: readModel }).catch(() => undefined);
    options.stop.signal.addEventListener('abort', cancel, { once: true });
    const run = value(await client.readModels.refresh({ serverId, name: readModel }));
    print(options, run, () => `${readModel} is as of ${run.asOf ?? 'unknown'} (${run.mode.replaceAll('_', ' ')}).`);
    return 0;
  });

async function ask(client: EngineClient, serverId: string, readModel: string): Changed {
  const reply = await client.schedule.refreshNow({ serverId, readModel });
  // What a window would call is of no use in a shell.
  if (reply.ok || reply.error.code !== 'not_available') return reply;
  return { ok: false, error: { ...reply.error, action: `daybreak schedule refresh ${readModel} --here` } };
}

/** `daybreak schedule cancel`: its runner sees the wish within seconds. */
export const scheduleCancel = (
  readModel: string,
  options: Shown & { readonly run?: string | undefined },
): Promise<number> =>
  show(options, (client, serverId) => client.schedule.cancelRun({ serverId, readModel, runId: options.run }));

/** `daybreak runs`. */
export const runs = (
  readModel: string | undefined,
  options: Shown & { readonly limit: number; readonly days: number },
): Promise<number> =>
  onServer(options, async (client, serverId) => {
    const { nowMs, models } = value(await client.schedule.overview({ serverId }));
    const fromMs = nowMs - options.days * 24 * 3_600_000;
    const found = value(await client.schedule.runs({ serverId, readModel, fromMs, limit: options.limit }));
    if (readModel !== undefined && found.length === 0 && !models.some((model) => model.readModel === readModel)) {
      const message = `There is no read model ${readModel}, and no run of one. \`daybreak schedule list\` shows those that exist.`;
      throw new Failure({ code: 'not_found', message });
    }
    print(options, found, () => runsText(found, terminalWidth(process.stdout)));
    return 0;
  });

type Changed = Promise<Awaited<ReturnType<EngineClient['schedule']['set']>>>;

const show = (
  options: Shown,
  change: (client: EngineClient, serverId: string) => Changed,
  text: (model: ScheduledModelView, nowMs: number) => string = modelText,
): Promise<number> =>
  onServer(options, async (client, serverId) => {
    const model: ScheduledModelView = value(await change(client, serverId));
    print(options, model, () => text(model, Date.now()));
    return 0;
  });
