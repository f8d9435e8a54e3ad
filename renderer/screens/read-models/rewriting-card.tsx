import { Button } from '@mantine/core';
import type { ProposedRewriting } from '../../../shared/model/derivation.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Card } from '../../app/page.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import styles from './read-models.module.css';
import { parameterFacts, periodText } from './rewriting-facts.ts';

interface RewritingCardProps {
  readonly rewriting: ProposedRewriting;
  readonly onChange: (rewrittenSql: string) => void;
  /** Parameters whose values are known, so that they can be kept. */
  readonly known: ReadonlySet<string>;
  readonly frozenByPerson: readonly string[];
  readonly onFreeze?: (parameters: readonly string[]) => void;
}

/** The statement over the read model: what still filters, what was kept, and the text to put into the program. */
export function RewritingCard({ rewriting, onChange, known, frozenByPerson, onFreeze }: RewritingCardProps) {
  const { shape, rewrittenSql, notFree, changes } = rewriting;
  const parameters = parameterFacts(rewriting);
  const period = periodText(rewriting);
  return (
    <Card
      title="Rewritten query"
      tags={
        shape === 'free' ? (
          <Tag tone="good">filters stay free</Tag>
        ) : (
          <Tag tone="warning" title="The read model answers the question for these constants only.">
            frozen result
          </Tag>
        )
      }
      aside={<CopyButton text={rewrittenSql} what="the rewritten query" />}
    >
      <SqlEditor value={rewrittenSql} onChange={onChange} label="Rewritten query over the read model" maxHeight={260} />
      {notFree !== null && (
        <p className="db-dim">
          No filter stays free because of <code>{notFree.construct}</code>: {notFree.why}
        </p>
      )}
      {parameters.length > 0 && (
        <table className={`${styles.table} ${styles.below}`} aria-label="Parameters of the statement">
          <thead>
            <tr>
              <th scope="col">parameter</th>
              <th scope="col">is</th>
              <th scope="col">what it does</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {parameters.map(({ name, state, text }) => (
              <tr key={name}>
                <td className={styles.mono}>{name}</td>
                <td>
                  <Tag tone={state === 'free' ? 'good' : 'warning'}>{state}</Tag>
                </td>
                <td className={state === 'free' ? '' : styles.mono}>{text}</td>
                <td className={styles.number}>
                  {onFreeze !== undefined && state === 'free' && known.has(name) && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Keep its value: ${name}`}
                      onClick={() => onFreeze([...frozenByPerson, name])}
                    >
                      Keep its value
                    </Button>
                  )}
                  {onFreeze !== undefined && frozenByPerson.includes(name) && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Let it filter: ${name}`}
                      onClick={() => onFreeze(frozenByPerson.filter((one) => one !== name))}
                    >
                      Let it filter
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {period !== null && (
        <p>
          Period: <span className={styles.mono}>{period}</span>
        </p>
      )}
      {changes.length > 0 && (
        <details className={styles.undo}>
          <summary>What differs from the statement</summary>
          <ul className={styles.warnings}>
            {changes.map((change) => (
              <li key={change}>{change}</li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}
