import { Button, Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';
import { ActionToCopy } from '../../app/failure-notice.tsx';
import { momentText } from '../../app/moments.ts';
import { Notice } from '../../app/notice.tsx';
import { useNow } from '../../app/use-now.ts';
import { useConnections } from '../../stores/connections.ts';
import { costText, samplerLine, standsStill } from './sampler-words.ts';
import styles from './mornings.module.css';

/** What the sampler does, why, what that costs the server, and what keeps it from doing better. */
export function SamplerCard({ server }: { readonly server: ServerSummary }): ReactNode {
  const sampler = useConnections((state) => state.samplers[server.serverId] ?? null);
  if (server.capture !== null || server.state !== 'connected' || sampler === null) return null;
  const missing = missingCapabilities(server);
  const line = samplerLine(sampler, missing.length > 0);
  const troubled = sampler.problem !== null || missing.length > 0;
  return (
    <Popover width={400} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className={styles.sampler}
          leftSection={
            <span
              aria-hidden
              className={styles.samplerDot}
              data-state={troubled ? 'warning' : sampler.running ? 'good' : 'off'}
            />
          }
          rightSection={sampler.mode === 'incident' ? <span className={styles.pulse} aria-hidden /> : undefined}
        >
          {line}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Sampler">
        <SamplerFacts sampler={sampler} />
        {missing.map(({ name, text, action }) => (
          <div key={name} className={styles.missing}>
            <strong>The diagnosis is weaker than it could be.</strong> {text}
            {action !== null && <ActionToCopy action={action} />}
          </div>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Nobody looks at the server although it is connected: said in full, because the next morning would be missing. */
export function NotSampling({ server }: { readonly server: ServerSummary }): ReactNode {
  const sampler = useConnections((state) => state.samplers[server.serverId] ?? null);
  const nowMs = useNow(5_000);
  if (sampler === null || server.state !== 'connected' || !standsStill(sampler, nowMs, server.facts)) return null;
  return (
    <Notice tone="warning" title="Nothing is sampled at the moment">
      {sampler.problem} What is stored stays, and can be diagnosed.
    </Notice>
  );
}

/** What this server lacks for a full diagnosis. */
const missingCapabilities = (server: ServerSummary) =>
  (server.facts?.capabilities ?? []).filter(
    ({ name, present }) => !present && (name === 'statement_statistics' || name === 'all_statistics'),
  );

function SamplerFacts({ sampler }: { readonly sampler: SamplerStatus }): ReactNode {
  const nowMs = useNow(1000);
  const { mode, incidentReason, ownCostPercent, problem } = sampler;
  return (
    <dl className={styles.samplerFacts}>
      <dt>looks</dt>
      <dd>
        {mode === 'incident'
          ? 'at the activity every second, at the statistics every 5 seconds'
          : 'at the activity every 5 seconds, at the statistics once a minute'}
      </dd>
      {incidentReason !== null && (
        <>
          <dt>because</dt>
          <dd>{incidentReason}</dd>
        </>
      )}
      <dt>costs the server</dt>
      <dd>{ownCostPercent === null ? 'not measured yet' : `${costText(ownCostPercent)}, including the network`}</dd>
      <dt>last look</dt>
      <dd>{sampler.lastSampleAtMs === null ? 'none yet' : momentText(sampler.lastSampleAtMs, nowMs)}</dd>
      <dt>knows</dt>
      <dd>
        {formatCount(sampler.statements)} statements, {formatBytes(sampler.storedBytes)} on this machine
      </dd>
      {problem !== null && (
        <>
          <dt>problem</dt>
          <dd className={styles.samplerProblem}>{problem}</dd>
        </>
      )}
    </dl>
  );
}
