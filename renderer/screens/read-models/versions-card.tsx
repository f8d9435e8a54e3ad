import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ReadModel, Version } from '../../../shared/model/read-model.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { momentExact, momentText } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { compareColumns, servedCopy } from './model-facts.ts';
import styles from './read-models.module.css';
import { verificationText } from './verification-text.ts';
import { versionWords } from './words.ts';

/** The definition of one version, the serving one first. */
export function DefinitionCard({ model }: { readonly model: ReadModel }) {
  const newestFirst = [...model.versions].sort((a, b) => b.version - a.version);
  const [chosen, setChosen] = useState<number | null>(null);
  const shown =
    newestFirst.find((version) => version.version === (chosen ?? model.currentVersion)) ?? newestFirst[0] ?? null;
  if (shown === null) return null;
  return (
    <Card
      title="Definition"
      aside={
        <>
          {newestFirst.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Version"
              value={String(shown.version)}
              onChange={(value) => setChosen(Number(value))}
              data={newestFirst.map((version) => ({ value: String(version.version), label: `v${version.version}` }))}
            />
          )}
          <CopyButton text={shown.definitionSql} what="the definition" />
        </>
      }
    >
      <SqlEditor value={shown.definitionSql} label={`Definition of version ${shown.version}`} maxHeight={340} />
      <p className="db-dim">
        {shown.keyColumns.length > 0 && `One row per ${shown.keyColumns.join(', ')}. `}Readers ask{' '}
        <code>
          {model.schema}.{model.name}
        </code>
        , whose first column is <code>as_of</code>.
      </p>
    </Card>
  );
}

interface VersionsCardProps {
  readonly model: ReadModel;
  readonly onRollBack: () => void;
  readonly onDrop: (version: number) => void;
}

/** Versions side by side: what they hold, and where their columns differ. */
export function VersionsCard({ model, onRollBack, onDrop }: VersionsCardProps) {
  const nowMs = useNow(60_000);
  const versions = [...model.versions].sort((a, b) => a.version - b.version);
  const columns = compareColumns(versions);
  const differing = columns.filter((column) => column.differs).length;
  return (
    <Card
      title="Versions"
      aside={
        versions.length > 1
          ? differing === 0
            ? 'same columns'
            : differing === 1
              ? '1 column differs'
              : `${differing} columns differ`
          : undefined
      }
    >
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <td />
              {versions.map((version) => (
                <th key={version.version} scope="col">
                  <span className={styles.inline}>
                    <strong>v{version.version}</strong>
                    <Tag tone={versionWords[version.state].tone}>{versionWords[version.state].text}</Tag>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <FactRow name="created" versions={versions}>
              {(version) => (
                <span title={momentExact(version.createdAtMs)}>{momentText(version.createdAtMs, nowMs)}</span>
              )}
            </FactRow>
            <FactRow name="as of" versions={versions}>
              {(version) => asOfText(version, nowMs)}
            </FactRow>
            <FactRow name="rows" versions={versions}>
              {(version) => {
                const rows = servedCopy(version)?.rows ?? null;
                return rows === null ? '–' : formatCount(rows);
              }}
            </FactRow>
            <FactRow name="size" versions={versions}>
              {sizeText}
            </FactRow>
            <FactRow name="copies" versions={versions}>
              {(version) => (
                <span className={styles.mono}>{version.copies.map((copy) => copy.relation).join(', ') || '–'}</span>
              )}
            </FactRow>
            <FactRow name="key" versions={versions}>
              {(version) => <span className={styles.mono}>{version.keyColumns.join(', ') || '–'}</span>}
            </FactRow>
            {versions.some(({ verification }) => verification != null) && (
              <FactRow name="against the one before" versions={versions}>
                {({ verification }) => (verification == null ? '–' : verificationText(verification))}
              </FactRow>
            )}
            {versions.some(({ verification }) => verification?.fillMs != null) && (
              <FactRow name="filled in" versions={versions}>
                {({ verification }) => (verification?.fillMs == null ? '–' : formatDuration(verification.fillMs))}
              </FactRow>
            )}
            {versions.some(({ stillRead }) => stillRead != null) && (
              <FactRow name="still read?" versions={versions}>
                {({ stillRead, state }) =>
                  stillRead == null ? (state === 'current' ? 'serving' : '–') : stillRead.text
                }
              </FactRow>
            )}
            {versions.some(({ state }) => state === 'previous' || state === 'retired') && (
              <FactRow name="" versions={versions}>
                {({ version, state }) => (
                  <span className={styles.inline}>
                    {state === 'previous' && (
                      <Button size="compact-xs" onClick={onRollBack}>
                        Roll back
                      </Button>
                    )}
                    {(state === 'previous' || state === 'retired') && (
                      <Button size="compact-xs" onClick={() => onDrop(version)}>
                        Drop v{version}
                      </Button>
                    )}
                  </span>
                )}
              </FactRow>
            )}
            {columns.map((column) => (
              <tr key={column.name} className={column.differs ? styles.differs : ''}>
                <th scope="row" className={styles.mono}>
                  {column.name}
                </th>
                {column.types.map((type, index) => (
                  <td key={versions[index]?.version} className={styles.mono}>
                    {type ?? 'not there'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface FactRowProps {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly children: (version: Version) => React.ReactNode;
}

function FactRow({ name, versions, children }: FactRowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {versions.map((version) => (
        <td key={version.version}>{children(version)}</td>
      ))}
    </tr>
  );
}

function asOfText(version: Version, nowMs: number): string {
  const asOf = servedCopy(version)?.asOf ?? null;
  return asOf === null ? 'never filled' : momentText(Date.parse(asOf), nowMs);
}

function sizeText(version: Version): string {
  const sizes = version.copies.map((copy) => copy.sizeBytes).filter((size) => size !== null);
  return sizes.length === 0 ? '–' : sizes.map((size) => formatBytes(size)).join(' + ');
}
