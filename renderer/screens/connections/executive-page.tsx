import { Button, PasswordInput, Tabs, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { formatCounted } from '../../../shared/format/count.ts';
import type { ExecutiveScript, Reach, ServerSummary } from '../../../shared/model/connection.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { saveText } from '../../app/save-text.ts';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { EnvironmentTag } from '../../app/tag.tsx';
import { usePasswordNote } from '../../app/use-password-note.ts';
import {
  connectServer,
  executiveScript,
  readReach,
  saveConnection,
  setExecutive,
  testConnection,
} from '../../stores/connections.ts';
import { problemOf, type Problem } from '../../stores/failure-error.ts';
import { useServerSelection } from '../../stores/server-selection.ts';
import styles from './connections.module.css';

const usualRole = 'daybreak_executive';

/** Makes a connection one for executives: a role that can read nothing else, and a window that shows nothing else. */
export function ExecutivePage({ server }: { readonly server: ServerSummary }): ReactNode {
  const [role, setRole] = useState(usualRole);
  return (
    <Page
      title={`Executive mode for ${server.settings.label}`}
      tags={<EnvironmentTag environment={server.settings.environment} />}
      lede="The window opens on the dashboards and hides everything that is a database administrator’s. What an executive can read is not decided by that, but by the grants of the role that the connection logs in as."
    >
      <RoleScript server={server} role={role} onRole={setRole} />
      <LoginAs server={server} role={role} />
      <TurnOn server={server} />
    </Page>
  );
}

/** What is asked from the server, again whenever `key` is another one; the last answer stays while the next comes. */
function useAnswer<T>(
  ask: () => Promise<T>,
  key: string,
): { value: T | null; problem: Problem | null; again: () => void } {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      ask().then(
        (answer) => wanted && (setValue(answer), setProblem(null)),
        (error: unknown) => wanted && (setValue(null), setProblem(problemOf(error))),
      );
    }, 200);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, asked]); // oxlint-disable-line react/exhaustive-deps -- `key` says when `ask` asks something else
  return { value, problem, again: () => setAsked(asked + 1) };
}

interface RoleProps {
  readonly server: ServerSummary;
  readonly role: string;
}

function RoleScript({ server, role, onRole }: RoleProps & { readonly onRole: (role: string) => void }): ReactNode {
  const { serverId } = server;
  const { value, problem, again } = useAnswer<ExecutiveScript>(() => executiveScript(serverId, role), role);
  return (
    <Card title="1. A role that reads the stable views alone">
      <p className={styles.explain}>
        A superuser runs the script with psql. It grants the stable views and what tells how old they are, and nothing
        else; <code>default_transaction_read_only</code> comes on top, as a belt that any session can take off again.
      </p>
      <TextInput
        label="Role"
        value={role}
        maxLength={63}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onRole(event.currentTarget.value)}
        className={styles.roleName}
      />
      {problem !== null && <FailureNotice problem={problem} onRetry={again} />}
      {value === null && problem === null && <p className="db-dim">Writing the script …</p>}
      {value !== null && (
        <Tabs defaultValue="script" keepMounted={false}>
          <Tabs.List aria-label="Scripts for psql">
            <Tabs.Tab value="script">Set up</Tabs.Tab>
            <Tabs.Tab value="takeAway">Take away again</Tabs.Tab>
          </Tabs.List>
          <Script text={value.script} name={`${value.role}.sql`} what="the script that sets the role up" />
          <Script
            value="takeAway"
            text={value.takeAway}
            name={`${value.role}-take-away.sql`}
            what="the script that takes the role away"
          />
        </Tabs>
      )}
    </Card>
  );
}

interface ScriptProps {
  readonly value?: string;
  readonly text: string;
  readonly name: string;
  readonly what: string;
}

function Script({ value = 'script', text, name, what }: ScriptProps): ReactNode {
  return (
    <Tabs.Panel value={value} pt="sm">
      <div className={styles.scriptTools}>
        <CopyButton text={text} what={what} label="Copy" />
        <Button
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={`Save ${what} as a file`}
          onClick={() => saveText(name, text, 'application/sql')}
        >
          Save
        </Button>
      </div>
      <SqlEditor value={text} label={what} maxHeight={320} />
    </Tabs.Panel>
  );
}

/** The connection logs in as that role from now on. It is tried first: a connection that worked is not given up for one that does not. */
function LoginAs({ server, role }: RoleProps): ReactNode {
  const { serverId, settings } = server;
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const note = usePasswordNote();
  const already = settings.user === role;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const draft = {
      settings: { ...settings, user: role.trim() },
      ...(password === '' ? {} : { password }),
    };
    try {
      await testConnection({ ...draft, tunnelSecretsOf: serverId });
      await saveConnection({ ...draft, serverId });
      await connectServer(serverId, password === '' ? undefined : password);
      setPassword('');
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card title="2. Log in as that role">
      <form className={styles.loginAs} onSubmit={(event) => void submit(event)}>
        <p className={styles.explain}>
          {already
            ? `This connection logs in as ${settings.user} already.`
            : `This connection logs in as ${settings.user} now. It keeps its dashboards and its saved numbers.`}
        </p>
        {!already && (
          <>
            <PasswordInput
              label={`Password of ${role}`}
              description={note}
              value={password}
              autoComplete="new-password"
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {problem !== null && <FailureNotice problem={problem} />}
            <div>
              <Button type="submit" loading={busy} disabled={role.trim() === ''}>
                Log in as {role}
              </Button>
            </div>
          </>
        )}
      </form>
    </Card>
  );
}

function TurnOn({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId, settings, state } = server;
  const reach = useAnswer<Reach>(() => readReach(serverId), `${settings.user} ${state}`);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const turnOn = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await setExecutive(serverId, true);
      useServerSelection.getState().select(serverId);
      navigate('/dashboards');
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="3. Show the dashboards alone">
      {reach.value !== null && <ReachNotice reach={reach.value} />}
      {reach.problem !== null && <FailureNotice problem={reach.problem} onRetry={reach.again} />}
      {problem !== null && <FailureNotice problem={problem} />}
      <p className={styles.staysOn}>
        The mode stays on for this connection, in every window and after a restart, until somebody presses “Leave
        executive mode” at the lower left.
      </p>
      <Button variant="filled" loading={busy} onClick={() => void turnOn()}>
        Turn on executive mode
      </Button>
    </Card>
  );
}

function ReachNotice({ reach }: { readonly reach: Reach }): ReactNode {
  const { role, stableViews, others, otherCount } = reach;
  const views = formatCounted(stableViews.length, 'stable view');
  if (otherCount === 0) {
    return (
      <Notice title={`${role} reads ${views} and nothing else.`}>
        {stableViews.length > 0 && <span className="db-dim">{stableViews.join(', ')}</span>}
      </Notice>
    );
  }
  return (
    <Notice tone="warning" title={`${role} can read ${formatCounted(otherCount, 'relation')} besides ${views}.`}>
      {others.join(', ')}
      {otherCount > others.length ? ' …' : ''}. Hiding screens does not change that: log in as a role that can read the
      stable views alone.
    </Notice>
  );
}
