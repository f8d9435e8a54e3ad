import { ActionIcon, Autocomplete, Button, Group, Menu, Modal, Stack } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { isLocale, usualLocales } from '../../../shared/format/locale.ts';
import { defaultLocale } from '../../../shared/format/number-formats.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { Confirm } from '../../app/confirm.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { navigate } from '../../app/router.ts';
import { WhenIdle } from '../../app/when-idle.tsx';
import { useCommands } from '../../commands/use-commands.ts';
import {
  createDashboard,
  duplicateDashboard,
  renameDashboard,
  setDashboardLocale,
} from '../../stores/dashboard-editing.ts';
import { removeDashboard } from '../../stores/dashboard-removals.ts';
import { problemOf, type Problem } from '../../stores/failure-error.ts';
import { openDashboard } from './address.ts';
import { TitleDialog } from './title-dialog.tsx';

type Dialog = 'new' | 'rename' | 'locale' | 'remove';

interface DashboardMenuProps {
  readonly serverId: string;
  readonly dashboard: Dashboard;
  readonly onProblem: (problem: Problem | null) => void;
}

/** What can be done with a dashboard as a whole. */
export function DashboardMenu({ serverId, dashboard, onProblem }: DashboardMenuProps): ReactNode {
  const { dashboardId, title } = dashboard;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const duplicate = () => {
    onProblem(null);
    duplicateDashboard(serverId, dashboardId).then(
      (copy) => openDashboard(copy.dashboardId),
      (error: unknown) => onProblem(problemOf(error)),
    );
  };
  const entries = [
    { id: 'new', title: 'New dashboard', run: () => setDialog('new') },
    { id: 'rename', title: `Rename ${title}`, run: () => setDialog('rename') },
    { id: 'duplicate', title: `Duplicate ${title}`, run: duplicate },
    { id: 'locale', title: `Numbers and dates of ${title}`, run: () => setDialog('locale') },
    { id: 'remove', title: `Remove ${title}`, run: () => setDialog('remove') },
  ];
  useCommands(
    'dashboard-menu',
    entries.map((entry) => ({ ...entry, id: `dashboard-${entry.id}`, group: 'Dashboards' })),
  );
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={34} aria-label={`More for ${title}`}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {entries.map((entry) => (
            <Menu.Item key={entry.id} onClick={entry.run}>
              {entry.title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <WhenIdle>
        <NewDashboard serverId={serverId} opened={dialog === 'new'} onClose={close} />
        <TitleDialog
          opened={dialog === 'rename'}
          heading={`Rename ${title}`}
          initial={title}
          action="Rename"
          onSave={(name) => renameDashboard(serverId, dashboardId, name)}
          onClose={close}
        />
        <LocaleDialog serverId={serverId} dashboard={dashboard} opened={dialog === 'locale'} onClose={close} />
        <Confirm
          opened={dialog === 'remove'}
          title={`Remove ${title}?`}
          typed={title}
          action="Remove the dashboard"
          danger
          onClose={close}
          onConfirm={async (typed) => {
            await removeDashboard(serverId, dashboard, typed);
            navigate('/dashboards');
          }}
        >
          {goesWith(dashboard.widgets.length)} For seven days it can be put back as it was, under “Saved”, “Removed
          dashboards”. Read models stay as they are.
        </Confirm>
      </WhenIdle>
    </>
  );
}

function goesWith(widgets: number): string {
  if (widgets === 0) return 'It has no widgets.';
  return widgets === 1
    ? 'Its widget and the saved numbers of it go with it.'
    : `Its ${widgets} widgets and their saved numbers go with it.`;
}

interface NewDashboardProps {
  readonly serverId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks for a title and goes to the empty dashboard. */
export function NewDashboard({ serverId, opened, onClose }: NewDashboardProps): ReactNode {
  return (
    <TitleDialog
      opened={opened}
      heading="New dashboard"
      initial=""
      action="Make it"
      onSave={async (title) => {
        const { dashboardId } = await createDashboard(serverId, title);
        openDashboard(dashboardId);
      }}
      onClose={onClose}
    />
  );
}

function LocaleDialog({
  serverId,
  dashboard,
  opened,
  onClose,
}: NewDashboardProps & { readonly dashboard: Dashboard }): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="How numbers and dates are written"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <LocaleForm serverId={serverId} dashboard={dashboard} onClose={onClose} />
    </Modal>
  );
}

function LocaleForm({
  serverId,
  dashboard,
  onClose,
}: Omit<NewDashboardProps, 'opened'> & { readonly dashboard: Dashboard }): ReactNode {
  const [locale, setLocale] = useState(dashboard.locale ?? '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const wanted = locale.trim();
  const wrong = wanted !== '' && !isLocale(wanted);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setDashboardLocale(serverId, dashboard.dashboardId, wanted === '' ? null : wanted).then(
          onClose,
          (error: unknown) => setProblem(problemOf(error)),
        );
      }}
    >
      <Stack gap="sm">
        <Autocomplete
          label="Locale"
          description={`Of every widget without one of its own; empty: ${defaultLocale}`}
          data={usualLocales}
          value={locale}
          onChange={setLocale}
          error={wrong ? `${wanted} is no locale` : undefined}
          data-autofocus
        />
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={wrong}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
