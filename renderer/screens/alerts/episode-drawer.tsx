import { Button, Drawer, Menu } from '@mantine/core';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Delivery } from '../../../shared/model/alert-delivery.ts';
import { episodeTitle } from '../../../shared/model/alert-episode.ts';
import type { ListedEpisode } from '../../../shared/model/alerts.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact, momentText, readText } from '../../app/moments.ts';
import { href } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { useAction } from '../../app/use-action.ts';
import { acknowledgeAlert, sendAlertAgain, snoozeAlert } from '../../stores/alerts.ts';
import styles from './alerts.module.css';
import { channelKindWords, deliveryWords, eventWords, kindWords, problemWords, severityWords } from './words.ts';

interface EpisodeDrawerProps {
  /** Null: closed. */
  readonly episode: ListedEpisode | null;
  readonly nowMs: number;
  readonly onClose: () => void;
}

/** One episode in full: what happened, what to do, who takes care, and every message about it. */
export function EpisodeDrawer({ episode, nowMs, onClose }: EpisodeDrawerProps) {
  return (
    <Drawer
      opened={episode !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={episode === null ? '' : episodeTitle(episode)}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {episode !== null && <Episode key={episode.episodeId} episode={episode} nowMs={nowMs} />}
    </Drawer>
  );
}

const hourMs = 3_600_000;
const snoozes = [
  { text: 'for an hour', ms: hourMs },
  { text: 'for 4 hours', ms: 4 * hourMs },
  { text: 'until tomorrow, this time', ms: 24 * hourMs },
] as const;

function Episode({ episode, nowMs }: { readonly episode: ListedEpisode; readonly nowMs: number }) {
  const { serverId, episodeId, kind, subject, severity, owner, openedAtMs, recoveredAtMs, acknowledged } = episode;
  const { busy, problem, run } = useAction();
  const isOpen = recoveredAtMs === null;
  const snoozedUntilMs = isOpen && (episode.snoozedUntilMs ?? 0) > nowMs ? episode.snoozedUntilMs : null;
  const aboutModel = kind !== 'agent_missing' && kind !== 'server_unreachable';
  return (
    <>
      <p className={styles.lead}>{readText(episode.text, nowMs)}</p>
      {episode.recoveredText !== null && <p className={styles.lead}>{readText(episode.recoveredText, nowMs)}</p>}
      <dl className={styles.facts}>
        <dt>how bad</dt>
        <dd>
          <Tag tone={severityWords[severity].tone}>{severityWords[severity].text}</Tag> {kindWords[kind]}
        </dd>
        <dt>where</dt>
        <dd>{aboutModel ? <a href={href(`/read-models/${encodeURIComponent(subject)}`)}>{subject}</a> : subject}</dd>
        {owner !== null && (
          <>
            <dt>owner</dt>
            <dd>{owner}</dd>
          </>
        )}
        <dt>{isOpen ? 'since' : 'from'}</dt>
        <dd>
          {momentExact(openedAtMs)} ({formatDuration(Math.max(0, (recoveredAtMs ?? nowMs) - openedAtMs))})
        </dd>
        {recoveredAtMs !== null && (
          <>
            <dt>to</dt>
            <dd>{momentExact(recoveredAtMs)}</dd>
          </>
        )}
        {acknowledged !== null && (
          <>
            <dt>taken by</dt>
            <dd>
              {acknowledged.by}, {momentText(acknowledged.atMs, nowMs)}
            </dd>
          </>
        )}
        {snoozedUntilMs !== null && (
          <>
            <dt>snoozed until</dt>
            <dd>{momentText(snoozedUntilMs, nowMs)}; told again then, if it goes on</dd>
          </>
        )}
        <dt>written down in</dt>
        <dd>{episode.keptIn === 'registry' ? 'the registry, for all who watch the server' : 'this profile alone'}</dd>
      </dl>
      {problem !== null && <FailureNotice problem={problem} />}
      {isOpen && (
        <div className={styles.buttons}>
          <Button
            variant={acknowledged === null ? 'filled' : 'default'}
            loading={busy === 'acknowledge'}
            onClick={() => void run('acknowledge', () => acknowledgeAlert(serverId, episodeId, acknowledged === null))}
          >
            {acknowledged === null ? 'I take care of it' : 'Nobody takes care any more'}
          </Button>
          {snoozedUntilMs === null ? (
            <Menu position="bottom-start">
              <Menu.Target>
                <Button loading={busy === 'snooze'}>Snooze …</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {snoozes.map(({ text, ms }) => (
                  <Menu.Item
                    key={text}
                    onClick={() => void run('snooze', () => snoozeAlert(serverId, episodeId, Date.now() + ms))}
                  >
                    {text}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          ) : (
            <Button
              loading={busy === 'snooze'}
              onClick={() => void run('snooze', () => snoozeAlert(serverId, episodeId, null))}
            >
              End the snooze
            </Button>
          )}
        </div>
      )}
      <h3 className={styles.section}>Messages</h3>
      {episode.deliveries.length === 0 ? (
        <p className="db-dim">Nobody was told: no channel was switched on, or no window was open.</p>
      ) : (
        <ul className={styles.deliveries}>
          {episode.deliveries.map((delivery) => (
            <DeliveryItem key={delivery.deliveryId} delivery={delivery} nowMs={nowMs} serverId={serverId} />
          ))}
        </ul>
      )}
    </>
  );
}

interface DeliveryItemProps {
  readonly delivery: Delivery;
  readonly serverId: string;
  readonly nowMs: number;
}

function DeliveryItem({ delivery, serverId, nowMs }: DeliveryItemProps) {
  const { deliveryId, episodeId, event, channelKind, destination, state, attempts, problem, error } = delivery;
  const { busy, problem: failed, run } = useAction();
  const words = deliveryWords[state];
  return (
    <li className={styles.delivery}>
      <div className={styles.deliveryHead}>
        <Tag tone={words.tone}>{words.text}</Tag>
        <span className={styles.deliveryTo}>
          <strong>{destination}</strong> <span className="db-dim">({channelKindWords[channelKind]})</span>,{' '}
          {eventWords[event]}
        </span>
        {(state === 'failed' || state === 'retrying') && (
          <Button
            size="compact-sm"
            loading={busy !== null}
            onClick={() => void run('again', () => sendAlertAgain(serverId, episodeId, deliveryId))}
          >
            {state === 'failed' ? 'Send again' : 'Try now'}
          </Button>
        )}
      </div>
      <div className="db-dim">{timesText(delivery, nowMs)}</div>
      {error !== null && state !== 'sent' && (
        <div className={state === 'failed' ? styles.bad : styles.warning}>
          {problem !== null && <strong>{problemWords[problem]}: </strong>}
          {error}
        </div>
      )}
      {failed !== null && <FailureNotice problem={failed} />}
      {attempts > 1 && <div className="db-dim">{attempts} attempts</div>}
    </li>
  );
}

function timesText({ state, sentAtMs, nextAttemptAtMs, plannedAtMs, sender }: Delivery, nowMs: number): string {
  const by = sender === null ? '' : ` by ${sender}`;
  const next = nextAttemptAtMs === null ? '' : momentText(nextAttemptAtMs, nowMs);
  switch (state) {
    case 'sent':
      return `sent ${momentText(sentAtMs ?? plannedAtMs, nowMs)}${by}`;
    case 'held':
      return `held back until ${next}, then sent with what else came up`;
    case 'retrying':
      return `next attempt ${next}; last tried${by}`;
    case 'failed':
      return `owed since ${momentText(plannedAtMs, nowMs)}; last tried${by}`;
    case 'sending':
      return `being sent${by}`;
    case 'waiting':
      return `owed since ${momentText(plannedAtMs, nowMs)}`;
  }
}
