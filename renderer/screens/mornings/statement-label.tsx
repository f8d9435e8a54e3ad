import type { ReactNode } from 'react';
import type { Statement } from '../../../shared/model/statement.ts';
import { nameOf } from './statement-name.ts';

/** A statement in one line: its widget's title, or its text in the fixed-width font. Always a text node. */
export function StatementLabel({
  statement,
  widgetTitles,
}: {
  readonly statement: Statement;
  readonly widgetTitles: ReadonlyMap<string, string>;
}): ReactNode {
  const { name, isSql } = nameOf(statement, widgetTitles);
  const title = statement.text?.slice(0, 1000) ?? name;
  return (
    <span className={isSql ? 'db-mono' : undefined} title={title}>
      {name}
    </span>
  );
}
