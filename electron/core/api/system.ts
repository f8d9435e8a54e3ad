import { Failure } from '../../../shared/model/failure.ts';
import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const systemApi = (engine: Engine) =>
  os.system.router({
    info: os.system.info.handler(() => reply(() => engine.info())),
    attach: os.system.attach.handler(() => reply(noWindow)),
    detach: os.system.detach.handler(() => reply(noWindow)),
    events: os.system.events.handler(({ signal }) => engine.events.subscribe(signal)),
  });

/** A door with windows answers itself (hosts/profile/attachable-engine.ts). */
function noWindow(): never {
  throw new Failure({
    code: 'not_available',
    message:
      'There is no window here that could be attached. On the command line an agent is worked on with --attach ssh://user@host/profile.',
  });
}
