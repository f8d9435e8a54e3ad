import { onTestFinished, describe, expect, test } from 'vitest';
import { createEngine } from '../../../../electron/core/create-engine.ts';
import type { Notifier } from '../../../../electron/core/ports.ts';
import { memorySecrets, nodePorts } from '../../../../electron/hosts/node-ports.ts';
import { desktopChannel, type ChannelDraft } from '../../../../shared/model/alert-channel.ts';
import type { AlertNotice } from '../../../../shared/model/alerts.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { unreachable } from '../../../support/engine-with-history.ts';
import { startWebhookServer } from '../../../support/webhook-server.ts';
import { quiet, testFolder } from '../history/store.ts';
import { lateModel } from './some-alerts.ts';

interface Started {
  readonly profileDir?: string;
  readonly notifier?: Notifier;
  readonly background?: boolean;
}

/** An engine that knows one server, which nobody reaches. Secrets are those of the process. */
async function startEngine({ profileDir, notifier, background = false }: Started = {}) {
  const dir = profileDir ?? (await testFolder());
  const secrets = memorySecrets();
  const ports = nodePorts({
    paths: { profileDir: dir, resourcesDir: '' },
    logger: quiet,
    door: 'test',
    secrets,
    ...(notifier === undefined ? {} : { notifier }),
  });
  const engine = await createEngine(ports, { background });
  onTestFinished(() => engine.stop());
  await engine.history.connections.save({
    serverId: 'erp',
    settings: unreachable,
    lastConnectedAtMs: null,
    lastFacts: null,
  });
  return { engine, secrets, profileDir: dir };
}

const hook = (url: string, changes: Partial<ChannelDraft> = {}): ChannelDraft => ({
  label: 'hooks',
  enabled: true,
  target: { kind: 'webhook', url },
  quiet: null,
  ...changes,
});
const mail = (changes: object = {}): ChannelDraft => ({
  label: 'mail',
  enabled: true,
  quiet: null,
  target: {
    kind: 'email',
    host: 'smtp.example.com',
    port: 587,
    security: 'starttls',
    caFile: null,
    user: 'daybreak',
    from: 'daybreak@example.com',
    to: ['dba@example.com'],
    ...changes,
  },
});
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (isFailure(error) ? error.value.code : String(error)),
  );

describe('channels', () => {
  test('keep a secret with the passwords, and tell only that there is one', async () => {
    const { engine, secrets } = await startEngine();
    const saved = await engine.alerts.saveChannel(mail(), 's3cret');
    expect(saved).toMatchObject({ hasSecret: true, problem: null });
    expect(JSON.stringify(await engine.alerts.channels.states())).not.toContain('s3cret');
    expect(await secrets.get(`alert-channel:${saved.channelId}`)).toBe('s3cret');
    const renamed = await engine.alerts.saveChannel(
      { ...mail(), channelId: saved.channelId, label: 'other' },
      undefined,
    );
    expect(renamed.hasSecret).toBe(true);
    await engine.alerts.removeChannel(saved.channelId, 'other');
    expect(await secrets.get(`alert-channel:${saved.channelId}`)).toBeNull();
  });

  test('that lead to another address have lost the secret, in a test as well', async () => {
    const { engine } = await startEngine();
    const others = [{ host: 'evil.example.com' }, { port: 25 }, { user: 'root' }, { security: 'none', user: null }];
    for (const [index, changes] of others.entries()) {
      const label = `mail ${index}`;
      const { channelId } = await engine.alerts.saveChannel({ ...mail(), label }, 's3cret');
      const draft = { ...mail(changes), label, channelId };
      if (!('security' in changes))
        expect(await codeOf(engine.alerts.testDraft(draft, undefined))).toBe('invalid_input');
      expect((await engine.alerts.saveChannel(draft, undefined)).hasSecret).toBe(false);
    }
  });

  test('refuse what would tell a secret, and what makes no sense', async () => {
    const { engine } = await startEngine();
    const save = (draft: ChannelDraft) => codeOf(engine.alerts.saveChannel(draft, undefined));
    expect(await save(mail({ security: 'none' }))).toBe('invalid_input');
    expect(await save(hook('https://user:word@example.com/'))).toBe('invalid_input');
    expect(await save({ ...desktopChannel, channelId: undefined, label: 'second' })).toBe('invalid_input');
    const saved = await engine.alerts.saveChannel(hook('https://example.com/'), 'key');
    expect(await save({ ...mail(), channelId: saved.channelId })).toBe('invalid_input');
    expect(await save({ ...mail(), label: 'hooks' })).toBe('invalid_input');
    expect(await codeOf(engine.alerts.removeChannel('desktop', 'This machine'))).toBe('invalid_input');
    expect(await codeOf(engine.alerts.removeChannel(saved.channelId, 'wrong'))).toBe('invalid_input');
    expect(await codeOf(engine.alerts.testChannel('none'))).toBe('not_found');
  });

  test('this machine is one from the start, and can be switched off', async () => {
    const { engine } = await startEngine();
    expect(await engine.alerts.channels.states()).toMatchObject([{ channelId: 'desktop', enabled: true }]);
    await engine.alerts.saveChannel({ ...desktopChannel, enabled: false }, undefined);
    expect(await engine.alerts.channels.states()).toMatchObject([{ channelId: 'desktop', enabled: false }]);
  });
});

describe('alerts of a server that is out of reach', () => {
  test('are listed from the profile, taken and snoozed there', async () => {
    const { engine } = await startEngine();
    const ledger = engine.history.alerts.ledger('erp');
    await ledger.open([lateModel(), lateModel({ subject: 'stock', severity: 'critical' })]);
    const { open, notes } = await engine.alerts.desk.list('erp');
    expect(open.map(({ subject }) => subject)).toEqual(['stock', 'sales']);
    expect(notes.join(' ')).toContain('cannot be read');
    const { episodeId } = lateModel();
    expect((await engine.alerts.desk.acknowledge('erp', episodeId, true)).acknowledged?.by).toContain('(test)');
    expect((await engine.alerts.desk.acknowledge('erp', episodeId, false)).acknowledged).toBeNull();
    const untilMs = Date.now() + 3_600_000;
    expect(await engine.alerts.desk.snooze('erp', episodeId, untilMs)).toMatchObject({
      snoozedUntilMs: untilMs,
      snoozes: 1,
    });
    expect(await codeOf(engine.alerts.desk.snooze('erp', episodeId, 1))).toBe('invalid_input');
    expect(await codeOf(engine.alerts.desk.acknowledge('erp', 'none', true))).toBe('not_found');
  });

  test('go out from a running engine, to this machine as soon as a window listens, and not again after a restart', async () => {
    const receiver = await startWebhookServer();
    onTestFinished(() => receiver.close());
    const { engine, profileDir } = await startEngine({ background: true });
    await engine.history.alerts.ledger('erp').open([lateModel()]);
    const { channelId } = await engine.alerts.saveChannel(hook(receiver.url), 'key');
    await expect.poll(() => receiver.calls.length, { timeout: 15_000 }).toBe(1);
    const abort = new AbortController();
    const notices: AlertNotice[] = [];
    const listening = (async () => {
      for await (const notice of engine.alerts.notices.subscribe(abort.signal)) notices.push(notice);
    })();
    await expect
      .poll(() => notices.map(({ title }) => title), { timeout: 15_000 })
      .toEqual(['Invoices: sales is older than its budget']);
    abort.abort();
    await listening;
    await engine.stop();

    const again = await startEngine({ profileDir, background: true });
    await again.secrets.set(`alert-channel:${channelId}`, 'key');
    await again.engine.history.alerts.ledger('erp').open([lateModel({ subject: 'stock' })]);
    await again.engine.alerts.saveChannel({ ...hook(receiver.url), channelId }, 'key');
    await expect.poll(() => receiver.calls.length, { timeout: 15_000 }).toBe(2);
    const { open } = await again.engine.alerts.desk.list('erp');
    const sent = open.flatMap(({ deliveries }) => deliveries).filter(({ channelKind }) => channelKind === 'webhook');
    expect(sent.map(({ state, attempts }) => ({ state, attempts }))).toEqual([
      { state: 'sent', attempts: 1 },
      { state: 'sent', attempts: 1 },
    ]);
  });

  test('are shown by a desktop that has notifications of its own', async () => {
    const shown: string[] = [];
    const notifier = { visible: true, notify: (title: string) => void shown.push(title) };
    const { engine } = await startEngine({ notifier, background: true });
    await engine.history.alerts.ledger('erp').open([lateModel()]);
    await engine.alerts.saveChannel({ ...desktopChannel, label: 'This desk' }, undefined);
    await expect.poll(() => shown, { timeout: 15_000 }).toEqual(['Invoices: sales is older than its budget']);
  });
});
