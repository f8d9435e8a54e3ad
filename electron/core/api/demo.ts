import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const demoApi = (engine: Engine) =>
  os.demo.router({
    status: os.demo.status.handler(() => reply(() => engine.demo.status())),
    open: os.demo.open.handler(({ input }) => reply(() => engine.demo.open(input.scale))),
    startLoad: os.demo.startLoad.handler(({ input }) => reply(() => engine.demo.startLoad(input))),
    stopLoad: os.demo.stopLoad.handler(() => reply(() => engine.demo.stopLoad())),
    close: os.demo.close.handler(() => reply(() => engine.demo.close())),
  });
