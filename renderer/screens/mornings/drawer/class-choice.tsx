import { Button, Select } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { statementClassSchema, type Statement, type StatementClass } from '../../../../shared/model/statement.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';
import { setStatementClass } from '../../../stores/mornings.ts';
import { classWords } from '../words.ts';
import styles from './drawer.module.css';

interface ClassChoiceProps {
  readonly serverId: string;
  readonly statement: Statement;
  /** Gets the statement as it is classed now. */
  readonly onChanged: (statement: Statement) => void;
}

/** The person's word wins over every score, for this statement wherever it is seen; undo gives it back to the score. */
export function ClassChoice({ serverId, statement, onChanged }: ClassChoiceProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const overridden = statement.classSource === 'override';

  const change = async (value: StatementClass | null) => {
    setBusy(true);
    setProblem(null);
    try {
      onChanged(await setStatementClass(serverId, statement.statementId, value));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <div className={styles.classChoice}>
        <Select
          label="Class"
          description={description(statement)}
          data={statementClassSchema.options.map((value) => ({ value, label: classWords[value] }))}
          value={statement.class}
          allowDeselect={false}
          disabled={busy}
          onChange={(value) => {
            const chosen = statementClassSchema.safeParse(value);
            if (chosen.success && chosen.data !== statement.class) void change(chosen.data);
          }}
        />
        {overridden && (
          <Button flex="none" onClick={() => void change(null)} loading={busy}>
            Undo: back to the score
          </Button>
        )}
      </div>
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}

function description({ class: value, classSource }: Statement): string {
  if (classSource !== 'override') return 'Is the score wrong? Your word wins over it.';
  return value === 'oltp'
    ? 'This is your word; it wins over every score. As OLTP it is no suspect: it stands among the victims where it got slower.'
    : 'This is your word; it wins over every score.';
}
