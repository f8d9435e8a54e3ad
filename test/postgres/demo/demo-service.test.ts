import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { removeDemoErp } from '../../../resources/demo-erp/open-demo.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the demo ERP as a service of the engine', () => {
  let engine: RunningEngine;
  // One profile, so that the ERP is loaded once.
  const profileDir = mkdtempSync(join(tmpdir(), 'daybreak-demo-service-'));

  beforeEach(async () => {
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    engine = await createEngine(ports, { background: true });
  });
  afterEach(async () => {
    await engine.stop();
  });
  afterAll(() => removeDemoErp(join(profileDir, 'demo-erp')).then(() => rmSync(profileDir, { recursive: true })));

  const open = async () => {
    engine.demo.open(0.01);
    expect(await engine.demo.opened()).toMatchObject({ state: 'open', problem: null });
    const { erp } = engine.demo;
    if (erp === null) throw new Error('an open demo has an ERP');
    return erp;
  };
  const runs = (pid: number) => existsSync(`/proc/${pid}`);

  test('closing it from two doors at once stops its server once, and it opens again while it closes', async () => {
    const { server } = await open();
    const closings = [engine.demo.close(), engine.demo.close()];
    engine.demo.open(0.01);
    await Promise.all(closings);
    expect(runs(server.pid)).toBe(false);
    await engine.demo.close();
    expect(engine.demo.status().state).toBe('closed');
  });

  test('a demo whose connection was removed can still be closed', async () => {
    const { server, settings } = await open();
    await engine.servers.remove(demoServerId, settings.label);
    await engine.demo.close();
    expect(runs(server.pid)).toBe(false);
    expect(engine.demo.status().state).toBe('closed');
  });

  test('two doors that start the load at once start one', async () => {
    await open();
    const both = await Promise.allSettled([1, 2].map(() => engine.demo.startLoad({ ratePerSecond: 5, managers: 1 })));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await vi.waitFor(() => expect(engine.demo.status().current?.save.n ?? 0).toBeGreaterThan(0), { timeout: 15_000 });
    expect((await engine.demo.stopLoad()).load).toBeNull();
  });

  test('a server that is killed is said, and the demo opens again', async () => {
    const { server } = await open();
    process.kill(server.pid, 'SIGKILL');
    await vi.waitFor(() => expect(engine.demo.status().state).toBe('failed'), { timeout: 15_000 });
    expect(engine.demo.status().problem).toContain('ended by itself');
    await open();
  });
});
