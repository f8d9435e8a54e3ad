import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { navigate } from '../../app/router.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { planUninstall } from '../../stores/lifecycle.ts';

interface MoreMenuProps {
  readonly serverId: string;
  /** There is a registry with read models. */
  readonly installed: boolean;
}

/** What concerns all read models of a server at once. */
export function MoreMenu({ serverId, installed }: MoreMenuProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const uninstall = async () => {
    setProblem(null);
    try {
      navigate(`/read-models/plan/${(await planUninstall(serverId)).planId}`);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <>
      {problem !== null && <FailureNotice problem={problem} />}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button rightSection={<IconDots size={16} aria-hidden />}>More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => navigate('/read-models/import')}>Import a materialized view …</Menu.Item>
          {installed && (
            <>
              <Menu.Item onClick={() => navigate('/read-models/detach')}>
                Script before an upgrade of the ERP …
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => void uninstall()}>
                Plan to take the registry away
              </Menu.Item>
              <Menu.Item onClick={() => navigate('/read-models/uninstall')}>The same as a script for psql …</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
