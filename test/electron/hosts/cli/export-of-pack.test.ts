import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import { sourceHash } from '../../../../electron/core/dashboards/source-hash.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import { daybreak } from '../../../support/cli.ts';
import { daybreakHere } from '../../../support/cli-here.ts';
import { unreachable } from '../../../support/engine-with-history.ts';
import { dashboardOf, now, numberAt, widgetOf } from '../../core/history/saved-result.ts';
import { quiet, testFolder } from '../../core/history/store.ts';

/** Works with the engine of a profile, which is stopped after: the command line starts its own. */
async function inProfile<T>(profileDir: string, work: (engine: RunningEngine) => Promise<T>): Promise<T> {
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** A server of the profile with the dashboard "Dashboard morning", whose one number is this. */
async function withServer(engine: RunningEngine, label: string, amount: string): Promise<string> {
  const { serverId } = await engine.servers.save({ settings: { ...unreachable, label } });
  const widget = widgetOf('sales');
  await engine.history.dashboards.save(dashboardOf('morning', serverId, [widget]));
  await engine.history.dashboards.saveResult('morning', sourceHash(widget.source), numberAt(1, amount, 'sales'), now);
  return serverId;
}

/** A pack that somebody sent, of a server with such a label. */
const packOf = async (label: string, amount: string): Promise<string> =>
  inProfile(await testFolder(), async (engine) => {
    const { file } = await engine.packs.export(await withServer(engine, label, amount));
    return file;
  });

const opened = (profile: string, file: string) =>
  inProfile(profile, async ({ packs, servers }) => {
    const { serverId } = await packs.open(file);
    const { settings } = await servers.stored(serverId);
    return { serverId, label: settings.label };
  });

const exported = (profile: string, ...args: readonly string[]) =>
  daybreakHere(['export', 'Dashboard morning', '--widget', 'The sales', '--format', 'csv', ...args], { profile });

describe('the dashboard of an opened pack', () => {
  test('is exported in a profile that has nothing else, and cannot be read anew', async () => {
    const profile = await testFolder();
    const { label } = await opened(profile, await packOf('Invoices', '500.10'));
    const out = join(profile, 'sales.csv');
    expect(await exported(profile, '--out', out)).toMatchObject({ code: 0, stdout: expect.stringContaining(out) });
    expect(await readFile(out, 'utf8')).toContain('500.10');

    const pdf = await daybreak(['export', 'Dashboard morning', '--out', profile], { profile });
    expect(pdf).toMatchObject({ code: 0, stdout: expect.stringMatching(/\.pdf/) });

    const anew = await exported(profile, '--refresh', '--out', join(profile, 'anew.csv'));
    expect(anew).toMatchObject({ code: 1, stdout: '' });
    expect(anew.stderr).toContain(
      `Dashboard morning is from the pack ${label}, and there is no server to read its numbers anew: leave out --refresh.`,
    );

    const other = await daybreakHere(['export', 'Dashboard evening'], { profile });
    expect(other.stderr).toContain('There is no dashboard "Dashboard evening". There are: Dashboard morning.');
  });

  test('comes after that of a server of the profile, unless --server names the pack', async () => {
    const profile = await testFolder();
    await inProfile(profile, (engine) => withServer(engine, 'Ours', '7.77'));
    const { serverId, label } = await opened(profile, await packOf('Invoices', '500.10'));
    for (const [index, [server, amount]] of [
      [[], '7.77'] as const,
      [['--server', 'Ours'], '7.77'] as const,
      [['--server', label], '500.10'] as const,
      [['--server', serverId], '500.10'] as const,
    ].entries()) {
      const out = join(profile, `${index}.csv`);
      expect(await exported(profile, ...server, '--out', out)).toMatchObject({ code: 0 });
      expect(await readFile(out, 'utf8')).toContain(amount);
    }
    expect((await exported(profile, '--server', 'Theirs')).stderr).toContain('knows no server and no pack "Theirs"');
  });

  test('is not guessed where several packs have one of that title: the names are told', async () => {
    const profile = await testFolder();
    const invoices = await opened(profile, await packOf('Invoices', '500.10'));
    const orders = await opened(profile, await packOf('Orders', '600.20'));
    const { code, stderr } = await exported(profile);
    expect(code).toBe(1);
    expect(stderr).toContain('Several dashboards are called "Dashboard morning"');
    for (const { label, serverId } of [invoices, orders]) expect(stderr).toContain(`${serverId}-morning of ${label}`);
  });
});
