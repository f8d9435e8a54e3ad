import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openAgentDoor } from '../../../../electron/hosts/cli/agent-door.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

test('a port that is taken is said with the option that names it', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const opening = openAgentDoor(port, silent, () => Promise.reject(new Error('nobody asks')));
  await expect(opening).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: something else listens there. Choose another port with --listen, or "listen" of the configuration.`,
  );
  await new Promise((resolve) => taken.close(resolve));
});
