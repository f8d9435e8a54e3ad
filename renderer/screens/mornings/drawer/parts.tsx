import type { ReactNode } from 'react';
import type { Statement } from '../../../../shared/model/statement.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { SqlEditor } from '../../../app/sql-editor.tsx';
import { Tag } from '../../../app/tag.tsx';
import { classSourceWords, classWords } from '../words.ts';
import styles from './drawer.module.css';

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Class, database, role and who runs it. Names come from clients and are shown as the text they are. */
export function WhoTags({
  statement,
  runBy = statement.applicationNames,
}: {
  readonly statement: Statement;
  readonly runBy?: readonly string[];
}): ReactNode {
  return (
    <>
      <Tag>
        {classWords[statement.class]}, {classSourceWords[statement.classSource]}
      </Tag>
      {statement.databaseName !== null && <Tag>database {statement.databaseName}</Tag>}
      {statement.roleName !== null && <Tag>role {statement.roleName}</Tag>}
      {runBy.length > 0 && <Tag>run by {runBy.join(', ')}</Tag>}
    </>
  );
}

/** An editor highlights this much without a pause; more is there to be copied. */
const longestShown = 20_000;

/** The statement itself; a text of megabytes is shown by its beginning. */
export function StatementText({ statement: { text } }: { readonly statement: Statement }): ReactNode {
  return (
    <section aria-label="Statement">
      <div className={styles.sectionHead}>
        <h3>Statement</h3>
        {text !== null && <CopyButton text={text} what="the statement" />}
      </div>
      {text === null ? (
        <p className="db-dim">
          Its text has not been seen yet: texts are fetched every 10 minutes, and only for roles that may read them.
        </p>
      ) : (
        <SqlEditor value={text.slice(0, longestShown)} label="Statement text" maxHeight={320} />
      )}
      {text !== null && text.length > longestShown && (
        <p className="db-dim">
          Shown are the first {longestShown.toLocaleString('en-GB')} of {text.length.toLocaleString('en-GB')}{' '}
          characters; Copy takes all that is stored.
        </p>
      )}
    </section>
  );
}
