import type { ComparisonOutcome } from '../../../shared/model/proof.ts';
import { Notice } from '../../app/notice.tsx';
import { differingTable } from './proof-words.ts';
import styles from './read-models.module.css';

/** Why a parameter set is different, and the first rows that one side has more often. */
export function DifferingRows({ outcome }: { readonly outcome: ComparisonOutcome & { readonly result: 'different' } }) {
  const { columns, rows } = differingTable(outcome.columns, outcome.rows);
  return (
    <>
      <Notice tone="bad" title="The rewritten query does not answer as the original does">
        {outcome.why}
      </Notice>
      {rows.length > 0 && (
        <div className={`${styles.scroll} ${styles.below}`}>
          <table className={styles.table} aria-label="The first rows that differ">
            <thead>
              <tr>
                <th scope="col">who has it</th>
                {columns.map((column, at) => (
                  <th key={`${at} ${column}`} scope="col" className={styles.mono}>
                    {column}
                  </th>
                ))}
                <th scope="col" className={styles.number}>
                  times more
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ side, times, cells }) => (
                <tr key={`${side} ${cells.join('|')}`}>
                  <td className={styles.when}>{side}</td>
                  {cells.map((cell, at) => (
                    <td key={`${at} ${columns[at] ?? ''}`} className={styles.mono}>
                      {cell ?? <span className="db-dim">NULL</span>}
                    </td>
                  ))}
                  <td className={styles.number}>{times}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
