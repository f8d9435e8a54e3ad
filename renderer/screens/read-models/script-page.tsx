import { useEffect, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { EnvironmentTag } from '../../app/tag.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { psqlScript } from '../../stores/lifecycle.ts';

interface ScriptPageProps {
  readonly server: ServerSummary;
  readonly what: 'detach' | 'uninstall';
}

const texts = {
  detach: {
    title: 'Before an upgrade of the ERP',
    lede: 'A vendor’s upgrade runs this script with psql. Readers keep the last rows, and nothing hangs on the tables that it alters. Afterwards each read model shows as suspended here, and is resumed with a plan.',
  },
  uninstall: {
    title: 'Take the registry away',
    lede: 'An administrator runs this script with psql. Stable views stay in use with the as-of of their last refresh written into them; nothing refreshes them any more.',
  },
} as const;

/** A script for psql, as it holds at the moment when it runs. */
export function ScriptPage({ server, what }: ScriptPageProps) {
  const { serverId } = server;
  const [sql, setSql] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let wanted = true;
    psqlScript(serverId, what).then(
      (text) => wanted && (setSql(text), setProblem(null)),
      (error: unknown) => wanted && setProblem(problemOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [serverId, what, asked]);
  return (
    <Page
      title={texts[what].title}
      lede={texts[what].lede}
      tags={<EnvironmentTag environment={server.settings.environment} />}
      actions={sql === null ? undefined : <CopyButton text={sql} what="the script" label="Copy the script" size="sm" />}
    >
      {problem !== null && <FailureNotice problem={problem} onRetry={() => setAsked(asked + 1)} />}
      {sql === null && problem === null && <p className="db-dim">Writing the script …</p>}
      {sql !== null && (
        <Card title="For psql">
          <SqlEditor value={sql} label="Script" maxHeight={640} />
        </Card>
      )}
    </Page>
  );
}
