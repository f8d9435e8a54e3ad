import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { setRunner, type SeenSchedule } from '../../stores/schedule.ts';
import { agentCommand } from './agent-command.ts';
import styles from './schedule.module.css';

/** Schedules without anybody who keeps them are a promise that nobody gave. */
export function NoRunner({ server, seen }: { readonly server: ServerSummary; readonly seen: SeenSchedule }): ReactNode {
  const { busy, problem, run } = useAction();
  const someReport = seen.runners.some(({ state }) => state === 'reports');
  if (someReport || seen.runner.on || seen.models.length === 0) return null;
  return (
    <>
      <Notice
        tone="warning"
        title="Nobody refreshes here: no runner reports"
        buttons={
          <Button
            size="compact-sm"
            variant="filled"
            loading={busy !== null}
            onClick={() => void run('on', () => setRunner(server.serverId, true))}
          >
            Let this Daybreak refresh here
          </Button>
        }
      >
        Start an agent on a machine that never sleeps, or let this Daybreak do it for as long as it runs.
        <AgentCommand server={server} />
      </Notice>
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}

export function AgentCommand({ server }: { readonly server: ServerSummary }): ReactNode {
  const command = agentCommand(server.settings);
  return (
    <div className={styles.command}>
      <code>{command}</code>
      <CopyButton text={command} what="the command" />
    </div>
  );
}
