import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Capability, ServerSummary } from '../../../shared/model/connection.ts';
import { hopName, hopsOf } from '../../../shared/model/hops.ts';
import { ConnectDialog } from '../../app/connect-dialog.tsx';
import { Confirm } from '../../app/confirm.tsx';
import { ActionToCopy, FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { navigate } from '../../app/router.ts';
import { countdown, samplingText, versionShort } from '../../app/server-facts.ts';
import { EnvironmentTag, Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { serverStateWords, tlsModeWords } from '../../i18n/words.ts';
import { closedDemo } from '../../stores/closed-demo.ts';
import { connectOrShowWhy, disconnectServer, removeServer, useConnections } from '../../stores/connections.ts';
import { useDemo } from '../../stores/demo.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { useServerSelection } from '../../stores/server-selection.ts';
import { CaptureItem } from './capture-item.tsx';
import styles from './connections.module.css';
import { isSocket } from './form-model.ts';

/** One known server: what it is, whether it is there, what it lacks, and what can be done with it. */
export function ServerItem({ server }: { readonly server: ServerSummary }) {
  const { serverId, settings, state, facts } = server;
  const selected = useServerSelection((selection) => selection.serverId === serverId);
  const [problem, setProblem] = useState<Problem | null>(null);
  const connectProblem = useConnections((known) => known.connectProblems[serverId]);
  const demoIsClosed = useDemo(({ status }) => closedDemo(status, serverId) !== null);
  const [asking, setAsking] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);

  const run = async (action: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await action();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  const connect = async () => {
    setBusy(true);
    await connectOrShowWhy(serverId, setAsking);
    setBusy(false);
  };

  const missing = facts?.capabilities.filter((capability) => !capability.present) ?? [];
  if (server.capture !== null) return <CaptureItem server={server} capture={server.capture} selected={selected} />;
  const look = `${styles.server} ${settings.environment === 'production' ? styles.production : ''} ${selected ? styles.selected : ''}`;
  return (
    <li className={look} aria-label={settings.label}>
      <div className={styles.serverHead}>
        <EnvironmentTag environment={settings.environment} />
        <h2 className={styles.serverName}>{settings.label}</h2>
        <StateTag server={server} />
        {selected && <Tag>shown in all screens</Tag>}
        {settings.executive === true && <Tag>executive mode</Tag>}
        <div className={styles.serverButtons}>
          {!selected && (
            <Button size="compact-sm" onClick={() => useServerSelection.getState().select(serverId)}>
              Look at it
            </Button>
          )}
          {state === 'connected' ? (
            <Button size="compact-sm" loading={busy} onClick={() => void run(() => disconnectServer(serverId))}>
              Disconnect
            </Button>
          ) : (
            <Button size="compact-sm" loading={busy || state === 'connecting'} onClick={() => void connect()}>
              Connect
            </Button>
          )}
          <Button size="compact-sm" onClick={() => navigate(`/connections/${encodeURIComponent(serverId)}`)}>
            Edit
          </Button>
          <Button
            size="compact-sm"
            aria-label={`Executive mode for ${settings.label}`}
            onClick={() => navigate(`/connections/${encodeURIComponent(serverId)}/executive`)}
          >
            Executive mode
          </Button>
          <Button size="compact-sm" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        </div>
      </div>
      <div className={styles.facts}>
        <span className={styles.mono}>
          {settings.user}@{isSocket(settings.host) ? settings.host : `${settings.host}:${settings.port}`}/
          {settings.database}
        </span>
        {settings.tunnel !== undefined && (
          <span>
            through <span className={styles.mono}>{hopsOf(settings.tunnel).map(hopName).join(', ')}</span>
          </span>
        )}
        {versionShort(server) !== '' && <span>{versionShort(server)}</span>}
        {!isSocket(settings.host) && <span>{tlsModeWords[settings.tlsMode].title}</span>}
        <span>read models in {settings.readModelSchema}</span>
        {state === 'connected' && <Sampling serverId={serverId} missing={missing} />}
      </div>
      <div className={styles.below}>
        {server.notice !== null && state !== 'connected' && connectProblem === undefined && <div>{server.notice}</div>}
        {server.notice !== null && state === 'connected' && <Tag tone="warning">{server.notice}</Tag>}
        {problem !== null && <FailureNotice problem={problem} />}
        {connectProblem !== undefined && !asking && state !== 'connected' && (
          <WhyNot problem={connectProblem} isClosedDemo={demoIsClosed} onRetry={() => void connect()} />
        )}
        {state === 'connected' &&
          missing.map((capability) => <Missing key={capability.name} capability={capability} />)}
      </div>
      {asking && <ConnectDialog server={server} onClose={() => setAsking(false)} />}
      <Confirm
        opened={removing}
        title={`Remove ${settings.label}`}
        typed={settings.label}
        action="Remove the connection"
        danger
        onConfirm={(typed) => removeServer(serverId, typed)}
        onClose={() => setRemoving(false)}
      >
        Forgets this connection, its password and the history that was collected from it on this machine. Nothing on the
        server is touched: its read models stay and go on serving.
      </Confirm>
    </li>
  );
}

interface WhyNotProps {
  readonly problem: Problem;
  readonly isClosedDemo: boolean;
  readonly onRetry: () => void;
}

function WhyNot({ problem, isClosedDemo, onRetry }: WhyNotProps) {
  if (!isClosedDemo) {
    return <FailureNotice problem={problem} {...(problem.code === 'host_key_unknown' ? { onRetry } : {})} />;
  }
  return <Notice title="The demo ERP is closed">Open it above: its data and its history are kept.</Notice>;
}

function StateTag({ server }: { readonly server: ServerSummary }) {
  const nowMs = useNow(1000);
  switch (server.state) {
    case 'connected':
      return <Tag tone="good">{serverStateWords.connected}</Tag>;
    case 'lost':
      return (
        <Tag tone="warning">
          {serverStateWords.lost}
          {server.nextAttemptAtMs !== null && ` · retry in ${countdown(server.nextAttemptAtMs - nowMs)}`}
        </Tag>
      );
    case 'connecting':
    case 'disconnected':
      return <Tag>{serverStateWords[server.state]}</Tag>;
  }
}

/** A problem that is told below, with what to do about it, is not told here, too. */
function Sampling({ serverId, missing }: { readonly serverId: string; readonly missing: readonly Capability[] }) {
  const sampler = useConnections((state) => state.samplers[serverId]);
  if (sampler === undefined) return null;
  const told = missing.some(({ text }) => sampler.problem?.includes(text));
  return <span>{sampler.problem === null || told ? samplingText(sampler) : `sampling: ${sampler.problem}`}</span>;
}

function Missing({ capability }: { readonly capability: Capability }) {
  return (
    <div className={styles.missing}>
      <strong>{missingTitles[capability.name]}</strong>
      {capability.text}
      {capability.action !== null && <ActionToCopy action={capability.action} />}
    </div>
  );
}

const missingTitles: Readonly<Record<Capability['name'], string>> = {
  statement_statistics: 'No statement statistics',
  all_statistics: 'Other roles’ statements are hidden',
  registry: 'Read models cannot be built here',
  primary: 'This is a replica',
  session_state: 'A pooler in transaction mode is in between',
};
