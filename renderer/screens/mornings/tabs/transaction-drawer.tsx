import { Button, Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import type { SeenTransaction } from '../../../../shared/model/transactions.ts';
import { momentExact } from '../../../app/moments.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { nameOf } from '../statement-name.ts';
import styles from './tabs.module.css';

interface TransactionDrawerProps {
  /** Null: closed. */
  readonly transaction: SeenTransaction | null;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOpenStatement: (statement: Statement) => void;
  readonly onClose: () => void;
}

/** What one transaction did, in order, as far as samples saw it. */
export function TransactionDrawer({ transaction, onClose, ...rest }: TransactionDrawerProps): ReactNode {
  return (
    <Drawer
      opened={transaction !== null}
      onClose={onClose}
      position="right"
      size="min(760px, 94vw)"
      title={transaction === null ? '' : `Transaction of pid ${transaction.pid}`}
      closeButtonProps={{ 'aria-label': 'Close the transaction' }}
    >
      {transaction !== null && <Body transaction={transaction} {...rest} />}
    </Drawer>
  );
}

function Body({
  transaction,
  widgetTitles,
  onOpenStatement,
}: Omit<TransactionDrawerProps, 'transaction' | 'onClose'> & { readonly transaction: SeenTransaction }): ReactNode {
  return (
    <>
      <p className={styles.lede}>
        {transaction.applicationName === '' ? 'An application without a name' : transaction.applicationName}, role{' '}
        {transaction.roleName ?? 'hidden'}, database {transaction.databaseName ?? 'hidden'}. Began{' '}
        {momentExact(transaction.startedAtMs)}, lasted {formatDuration(transaction.durationSeconds * 1000)}
        {transaction.open ? ' and was still open at the end of the window' : ''}. At work{' '}
        {formatDuration(transaction.activeSeconds * 1000)}, idle {formatDuration(transaction.idleSeconds * 1000)},
        waiting for locks {formatDuration(transaction.lockWaitSeconds * 1000)}; others waited{' '}
        {formatDuration(transaction.blockedOthersSeconds * 1000)} behind it.
      </p>
      <h3 className={styles.heading}>Statements that samples saw in it</h3>
      <ol className={styles.statements}>
        {transaction.statements.map(({ statement, text }, index) => (
          <li key={index}>
            <pre className={styles.sql} tabIndex={0}>
              {text}
            </pre>
            <div className={styles.row}>
              <CopyButton text={text} what="the statement" size="compact-xs" />
              {statement !== null && (
                <Button size="compact-xs" onClick={() => onOpenStatement(statement)}>
                  Open {nameOf(statement, widgetTitles).isSql ? 'the statement' : nameOf(statement, widgetTitles).name}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {transaction.statements.length === 0 && (
        <p className="db-dim">No sample found a statement running in it: it was idle whenever somebody looked.</p>
      )}
    </>
  );
}
