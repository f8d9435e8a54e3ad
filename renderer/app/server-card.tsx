import { ActionIcon, Menu } from '@mantine/core';
import { IconSelector } from '@tabler/icons-react';
import type { SamplerStatus, ServerSummary } from '../../shared/model/connection.ts';
import { useServerSelection } from '../stores/server-selection.ts';
import { useConnections, useSelectedServer } from '../stores/connections.ts';
import { isExecutive, useExecutive } from '../stores/executive.ts';
import { connectFromHere } from './connect-from-here.ts';
import { momentExact } from './moments.ts';
import { href } from './router.ts';
import { countdown, samplingText, versionShort } from './server-facts.ts';
import styles from './shell.module.css';
import { ServerTag } from './tag.tsx';
import { useNow } from './use-now.ts';

/** Bottom left, always in sight: which server, is it production, is it there, what does watching it cost. */
export function ServerCard() {
  const server = useSelectedServer();
  const sampler = useConnections((state) => (server === null ? null : (state.samplers[server.serverId] ?? null)));
  const loaded = useConnections((state) => state.servers.value !== null);
  if (server === null) {
    return (
      <section aria-label="Server" className={styles.server}>
        {loaded ? (
          <>
            No server yet. <a href={href('/connections')}>Open the demo or connect yours</a>.
          </>
        ) : (
          'Loading …'
        )}
      </section>
    );
  }
  const look = server.state === 'lost' ? styles.serverOffline : isProduction(server) ? styles.serverProduction : '';
  return (
    <section aria-label="Server" className={`${styles.server} ${look}`}>
      <div className={styles.serverHead}>
        <ServerTag server={server} />
        <ServerMenu />
      </div>
      <div className={styles.serverName}>
        {server.settings.label} · {server.settings.database}
      </div>
      <ServerState server={server} sampler={sampler} />
    </section>
  );
}

const isProduction = ({ capture, settings }: ServerSummary) =>
  capture === null && settings.environment === 'production';

interface ServerStateProps {
  readonly server: ServerSummary;
  readonly sampler: SamplerStatus | null;
}

function ServerState({ server, sampler }: ServerStateProps) {
  if (server.capture !== null) {
    return <div title={server.capture.file}>taken {momentExact(server.capture.takenAtMs)}</div>;
  }
  switch (server.state) {
    case 'connected':
      return (
        <>
          <div>{versionShort(server)}</div>
          {sampler !== null && !isExecutive(server) && (
            <div title={sampler.problem ?? undefined}>
              <span
                aria-hidden
                className={`${styles.dot} ${sampler.problem !== null ? styles.dotWarning : sampler.running ? styles.dotGood : ''}`}
              />
              {samplingText(sampler)}
            </div>
          )}
        </>
      );
    case 'connecting':
      return <div role="status">connecting …</div>;
    case 'lost':
      return <Offline server={server} />;
    case 'disconnected':
      return (
        <div>
          not connected ·{' '}
          <button
            type="button"
            className={styles.inlineButton}
            onClick={() => void connectFromHere(server.serverId, isExecutive(server))}
          >
            connect
          </button>
        </div>
      );
  }
}

function Offline({ server }: { readonly server: ServerSummary }) {
  const nowMs = useNow(1000);
  return (
    <div>
      <span className={styles.offlineWord}>Offline</span> · {server.settings.label} cannot be reached
      <br />
      {server.nextAttemptAtMs !== null && <>retry in {countdown(server.nextAttemptAtMs - nowMs)} · </>}
      <button
        type="button"
        className={styles.inlineButton}
        onClick={() => void connectFromHere(server.serverId, isExecutive(server))}
      >
        now
      </button>
    </div>
  );
}

function ServerMenu() {
  const executive = useExecutive();
  const all = useConnections((state) => state.servers.value) ?? [];
  // Looking at another connection is no way around leaving the mode.
  const servers = executive ? all.filter(isExecutive) : all;
  const { serverId, select } = useServerSelection();
  if (servers.length < 2) return null;
  return (
    <Menu position="top-start" shadow="md" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="sm" color="gray" aria-label="Choose another server">
          <IconSelector size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {servers.map((server) => (
          <Menu.Item
            key={server.serverId}
            onClick={() => select(server.serverId)}
            rightSection={<ServerTag server={server} />}
            {...(server.serverId === serverId ? { 'aria-current': true } : {})}
          >
            {server.settings.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
