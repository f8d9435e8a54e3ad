import type { Duplex } from 'node:stream';
import type pg from 'pg';
import type { CapabilityName, ConnectionSettings, ServerFacts, TestStage } from '../../../shared/model/connection.ts';
import { isFailure, type Failure } from '../../../shared/model/failure.ts';
import { hopsOf, hostAndPort } from '../../../shared/model/tunnel.ts';
import type { Clock } from '../ports.ts';
import { openTunnel, type Tunnel, type TunnelContext } from '../tunnel/open-tunnel.ts';
import { factsOf, requireSight, requireSupported, type Findings } from './capabilities.ts';
import { clientConfig, createClient, loginSubject } from './client-config.ts';
import { bareSql, readFindings } from './findings.ts';
import { readIdentity } from './queries/server-facts.ts';
import { addressOf, dial, forwardTarget, negotiate, resolveName, type Transport } from './reach.ts';
import { toFailure } from './server-failure.ts';

export interface ConnectionTest {
  /** All of them, in order; those behind a failed one are 'skipped'. */
  readonly stages: TestStage[];
  readonly failure: Failure | null;
  readonly facts: ServerFacts | null;
}

type StageName = TestStage['stage'];
type StageResult = Pick<TestStage, 'outcome' | 'text' | 'action'>;

/** Behind a jump host, that host resolves the names. */
function orderOf({ tunnel }: ConnectionSettings): readonly StageName[] {
  const hops = tunnel === undefined ? [] : hopsOf(tunnel);
  const ssh = hops.flatMap((_, at): StageName[] => [
    ...(at === 0 ? (['ssh_name'] as const) : []),
    'ssh_tcp',
    'ssh_host_key',
    'ssh_login',
  ]);
  const way: readonly StageName[] = tunnel === undefined ? ['name', 'tcp'] : [...ssh, 'ssh_forward'];
  return [...way, 'tls', 'login', 'version', 'rights', 'extensions', 'role'];
}
const passed = (text: string): StageResult => ({ outcome: 'passed', text, action: null });

/** Tries a connection stage by stage and creates nothing. Expected failures are in the result. */
export async function testConnection(options: {
  readonly settings: ConnectionSettings;
  readonly password: string | null;
  readonly clock: Clock;
  /** What a tunnel needs; asked for only where the settings name one. */
  readonly tunnelContext?: TunnelContext;
}): Promise<ConnectionTest> {
  const { settings, password, clock, tunnelContext } = options;
  const stages: TestStage[] = [];
  let client: pg.Client | null = null;
  let socket: Duplex | null = null;
  let tunnel: Tunnel | null = null;

  /** Runs one stage and notes how it went; a failure ends the test. */
  async function stage<T>(name: StageName, work: () => Promise<readonly [T, StageResult]>): Promise<T> {
    const startedMs = clock.nowMs();
    const note = (result: StageResult) => stages.push({ stage: name, ...result, tookMs: clock.nowMs() - startedMs });
    try {
      const [value, result] = await work();
      note(result);
      return value;
    } catch (error) {
      const failure = toFailure(error, addressOf(settings));
      note({ outcome: 'failed', text: failure.message, action: failure.value.action ?? null });
      throw failure;
    }
  }

  try {
    if (settings.tunnel !== undefined) {
      if (tunnelContext === undefined) throw new Error('settings with a tunnel, and nothing to open it with');
      const several = settings.tunnel.jumps.length > 0;
      tunnel = await openTunnel(settings.tunnel, tunnelContext, (step, hop, work) =>
        stage(step, async () => {
          const [value, text] = await work();
          return [value, passed(several && step === 'ssh_login' ? `${hostAndPort(hop)}: ${text}` : text)];
        }),
      );
    }
    const dialled = await dialStages(settings, tunnel, stage);
    socket = dialled;
    const transport = await stage('tls', async () => {
      const negotiated = await negotiate(settings, dialled);
      return [negotiated, tlsResult(settings, negotiated)];
    });
    const signedIn = await stage('login', () => login(settings, password, transport, tunnel));
    client = signedIn;
    await stage('version', async () => {
      const identity = await readIdentity(bareSql(signedIn, settings.label));
      requireSupported(identity);
      return [null, passed(identity.versionText.split(' on ')[0] ?? identity.versionText)];
    });
    const openSecond = () => connectClient(settings, password, transport, tunnel);
    const findings = await stage('rights', async () => {
      const found = await readFindings(signedIn, settings, clock, openSecond);
      requireSight(found);
      return [found, rightsResult(found)];
    });
    const facts = factsOf(findings);
    await stage('extensions', async () => [null, capabilityResult(facts, 'statement_statistics')]);
    await stage('role', async () => [null, roleResult(facts)]);
    return { stages, failure: null, facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    for (const name of orderOf(settings).slice(stages.length)) {
      stages.push({ stage: name, outcome: 'skipped', text: 'not tried', action: null, tookMs: 0 });
    }
    return { stages, failure: error, facts: null };
  } finally {
    socket?.destroy();
    await client?.end().catch(() => undefined);
    tunnel?.close();
  }
}

type RunStage = <T>(name: StageName, work: () => Promise<readonly [T, StageResult]>) => Promise<T>;

/** A connection to the server, over this machine's network or through the tunnel. */
async function dialStages(settings: ConnectionSettings, tunnel: Tunnel | null, stage: RunStage): Promise<Duplex> {
  const answers = passed(`${addressOf(settings)} answers`);
  if (tunnel !== null)
    return stage('ssh_forward', async () => [await tunnel.forward(forwardTarget(settings)), answers]);
  await stage('name', async () => [null, passed(await resolveName(settings))]);
  return stage('tcp', async () => [await dial(settings), answers]);
}

async function connectClient(
  settings: ConnectionSettings,
  password: string | null,
  transport: Transport,
  tunnel: Tunnel | null,
): Promise<pg.Client> {
  const client = createClient(clientConfig(settings, password, transport.ssl, tunnel));
  client.on('error', () => undefined); // the statement that runs on it fails with the same error
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw toFailure(error, loginSubject(settings));
  }
}

async function login(
  settings: ConnectionSettings,
  password: string | null,
  transport: Transport,
  tunnel: Tunnel | null,
): Promise<readonly [pg.Client, StageResult]> {
  const text = `${settings.user} in database ${settings.database}`;
  try {
    return [await connectClient(settings, password, transport, tunnel), passed(text)];
  } catch (error) {
    if (!transport.mayFallBack || !isFailure(error) || error.value.sqlstate !== '28000') throw error;
    const plain = { ...transport, ssl: false as const };
    return [
      await connectClient(settings, password, plain, tunnel),
      { outcome: 'warning', text: `${text}, not encrypted: the server refused it over TLS`, action: null },
    ];
  }
}

function tlsResult(settings: ConnectionSettings, { ssl, text }: Transport): StageResult {
  if (ssl !== false) return passed(text);
  // What was asked for is no warning: TLS switched off by the settings, or a socket of this machine.
  return settings.tlsMode === 'disable' || settings.host.startsWith('/')
    ? { outcome: 'skipped', text, action: null }
    : { outcome: 'warning', text, action: 'Choose the TLS mode "require" to insist on encryption.' };
}

function capabilityResult(facts: ServerFacts, name: CapabilityName): StageResult {
  const found = facts.capabilities.find((capability) => capability.name === name);
  if (found === undefined) throw new Error(`facts without ${name}`);
  return { outcome: found.present ? 'passed' : 'warning', text: found.text, action: found.action };
}

/** Seeing the statistics is needed to diagnose; creating only to cure, so its absence is said without a warning. */
function rightsResult(findings: Findings): StageResult {
  const facts = factsOf(findings);
  const sees = capabilityResult(facts, 'all_statistics');
  const builds = capabilityResult(facts, 'registry');
  const actions = [sees.action, builds.action].filter((action) => action !== null);
  return {
    outcome: sees.outcome,
    text: [sees.text, builds.text].map((text) => text.replace(/\.$/, '')).join('. '),
    action: actions.length === 0 ? null : actions.join('\n'),
  };
}

function roleResult(facts: ServerFacts): StageResult {
  const state = capabilityResult(facts, 'session_state');
  const primary = capabilityResult(facts, 'primary');
  if (state.outcome === 'passed') return primary;
  return { outcome: 'warning', text: `${primary.text}. ${state.text}`, action: state.action };
}
