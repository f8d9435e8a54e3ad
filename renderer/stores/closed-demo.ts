import { demoServerId } from '../../shared/model/demo-server.ts';
import type { DemoStatus } from '../../shared/model/demo.ts';

/** The demo's state, where this is its connection and it is not open. Another one may be of the environment "demo", too. */
export const closedDemo = (status: DemoStatus | null, serverId: string): DemoStatus | null =>
  serverId === demoServerId && status?.state !== 'open' ? status : null;
