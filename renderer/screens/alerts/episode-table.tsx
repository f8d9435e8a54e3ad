import { useMemo } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import { episodeTitle } from '../../../shared/model/alert-episode.ts';
import type { ListedEpisode } from '../../../shared/model/alerts.ts';
import { momentExact, momentText, readText } from '../../app/moments.ts';
import { Tag } from '../../app/tag.tsx';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import styles from './alerts.module.css';
import { severityWords, toldText } from './words.ts';

interface EpisodeTableProps {
  readonly label: string;
  /** They have come to an end. */
  readonly over?: boolean;
  readonly episodes: readonly ListedEpisode[];
  readonly nowMs: number;
  readonly selectedId: string | null;
  readonly onOpen: (episodeId: string) => void;
}

export function EpisodeTable({ label, over = false, episodes, nowMs, selectedId, onOpen }: EpisodeTableProps) {
  const columns = useMemo(() => columnsAt(nowMs, over), [nowMs, over]);
  return (
    <DataTable
      dense
      label={label}
      columns={columns}
      rows={episodes}
      rowKey={({ episodeId }) => episodeId}
      selectedKey={selectedId}
      onOpen={({ episodeId }) => onOpen(episodeId)}
    />
  );
}

const columnsAt = (nowMs: number, over: boolean): readonly TableColumn<ListedEpisode>[] => [
  {
    id: 'severity',
    header: 'how bad',
    width: '92px',
    cell: ({ severity }) => <Tag tone={severityWords[severity].tone}>{severityWords[severity].text}</Tag>,
  },
  {
    id: 'what',
    header: 'what',
    width: 'minmax(220px, 1fr)',
    cell: (episode) => (
      <span className={styles.what} title={readText(episode.text, nowMs)}>
        <strong>{episodeTitle(episode)}</strong>
        <span className={styles.text}>{readText(episode.recoveredText ?? episode.text, nowMs)}</span>
      </span>
    ),
  },
  {
    id: 'owner',
    header: 'owner',
    width: '110px',
    cell: ({ owner }) => owner ?? <span className="db-dim">–</span>,
    sortValue: ({ owner }) => owner,
  },
  {
    id: 'since',
    header: over ? 'from' : 'since',
    width: '136px',
    cell: ({ openedAtMs }) => <span title={momentExact(openedAtMs)}>{momentText(openedAtMs, nowMs)}</span>,
    sortValue: ({ openedAtMs }) => openedAtMs,
  },
  {
    id: 'lasted',
    header: over ? 'lasted' : 'lasts',
    width: '100px',
    align: 'right',
    cell: ({ openedAtMs, recoveredAtMs }) => formatDuration(Math.max(0, (recoveredAtMs ?? nowMs) - openedAtMs)),
    sortValue: ({ openedAtMs, recoveredAtMs }) => (recoveredAtMs ?? nowMs) - openedAtMs,
  },
  {
    id: 'told',
    header: 'told',
    hint: 'Messages about it, and how they went',
    width: '132px',
    cell: (episode) => <Told episode={episode} nowMs={nowMs} />,
  },
];

function Told({ episode, nowMs }: { readonly episode: ListedEpisode; readonly nowMs: number }) {
  const { acknowledged, snoozedUntilMs, recoveredAtMs, deliveries } = episode;
  const told = toldText(deliveries);
  if (recoveredAtMs === null && snoozedUntilMs !== null && snoozedUntilMs > nowMs) return <Tag>snoozed</Tag>;
  if (recoveredAtMs === null && acknowledged !== null && told.tone !== 'bad') {
    return (
      <Tag tone="good" title={`${acknowledged.by} takes care`}>
        taken
      </Tag>
    );
  }
  return <Tag tone={told.tone}>{told.text}</Tag>;
}
