import { connectOrShowWhy } from '../stores/connections.ts';
import { askPassword } from '../stores/executive.ts';
import { navigate } from './router.ts';

/**
 * Connects from wherever the person is. When the server wants something from them, the Connections screen asks for it;
 * in executive mode, which has no such screen, a dialog does.
 */
export async function connectFromHere(serverId: string, executive: boolean): Promise<void> {
  await connectOrShowWhy(serverId, (ask) => {
    if (!executive) navigate('/connections', { connect: ask ? serverId : null });
    else if (ask) askPassword(serverId);
  });
}
