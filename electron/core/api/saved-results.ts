import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

/** Earlier numbers and packs: a part of the namespace `dashboards`. */
export const savedResultsApi = ({ dashboards, packs }: Engine) => ({
  results: os.dashboards.results.handler(({ input }) => reply(() => dashboards.results(input))),
  result: os.dashboards.result.handler(({ input }) => reply(() => dashboards.result(input))),
  exportPack: os.dashboards.exportPack.handler(({ input }) =>
    reply(() => packs.export(input.serverId, input.dashboardIds, input.file)),
  ),
  openPack: os.dashboards.openPack.handler(({ input }) => reply(() => packs.open(input.file))),
  receivePack: os.dashboards.receivePack.handler(({ input: { base64, ...part } }) =>
    reply(() => packs.receive({ ...part, bytes: Buffer.from(base64, 'base64') })),
  ),
  packs: os.dashboards.packs.handler(() => reply(() => packs.list())),
});
