import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const systemApi = (engine: Engine) =>
  os.system.router({
    info: os.system.info.handler(() => reply(() => engine.info())),
    events: os.system.events.handler(({ signal }) => engine.events.subscribe(signal)),
  });
