import type { DemoStatus } from '../../shared/model/demo.ts';

/** The engine's own name for the connection of the demo; another one may be of the environment "demo", too. */
const demoServerId = 'demo';

/** The demo's state, where this is its connection and it is not open. */
export const closedDemo = (status: DemoStatus | null, serverId: string): DemoStatus | null =>
  serverId === demoServerId && status?.state !== 'open' ? status : null;
