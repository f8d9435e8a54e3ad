/**
 * A process of the race: the engine of a browser window, connected, with refreshing switched on, until it is stopped.
 * Prints `ready` once it refreshes.
 */
import { openCliEngine } from '../../../electron/hosts/cli/cli-engine.ts';
import { knownServer, value } from '../../../electron/hosts/cli/known-server.ts';
import { stopOnSignals } from '../../../electron/hosts/cli/stop.ts';
import { stderrLogger } from '../../../electron/hosts/node-ports.ts';

const [profile, url = ''] = process.argv.slice(2);
const stop = stopOnSignals();
const engine = await openCliEngine({ profile, door: 'browser', logger: stderrLogger('warn'), background: true });
const serverId = await knownServer(engine.client, url);
const password = process.env['PGPASSWORD'];
value(await engine.client.connections.connect({ serverId, ...(password ? { password } : {}) }));
value(await engine.client.schedule.setRunner({ serverId, on: true }));
process.stdout.write('ready\n');
await stop.requested;
await engine.close();
process.exit(0);
