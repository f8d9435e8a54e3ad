import { createRouterClient } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import type { EngineClient } from '../../../../electron/hosts/profile/engine-client.ts';
import { forwardingRouter } from '../../../../electron/hosts/profile/forwarding-router.ts';

/** A door to an engine that has gone: every connection to it is refused. */
function doorToNobody() {
  const refused = () => Promise.reject(new TypeError('fetch failed'));
  const member = new Proxy({}, { get: () => refused });
  const onGone = vi.fn();
  const router = forwardingRouter({ client: () => new Proxy({}, { get: () => member }) as EngineClient, onGone });
  return { client: createRouterClient(router, { context: {} }), onGone };
}

test('a call to an engine that has gone says so, and another engine is looked for', async () => {
  const { client, onGone } = doorToNobody();
  expect(await client.connections.list({})).toMatchObject({ ok: false, error: { code: 'not_available' } });
  expect(onGone).toHaveBeenCalledTimes(1);
});

test('a stream of an engine that has gone ends as unavailable, so that whoever listens begins anew', async () => {
  const { client, onGone } = doorToNobody();
  await expect(client.system.events({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(client.alerts.notices({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(onGone).toHaveBeenCalledTimes(2);
});
