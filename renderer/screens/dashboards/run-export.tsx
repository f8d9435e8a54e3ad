import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import type { ExportedFile } from '../../../shared/model/dashboard-export.ts';
import { saveBytes } from '../../app/save-bytes.ts';
import { failureTitles } from '../../i18n/failures.ts';
import { beginExport, endExport } from '../../stores/exports.ts';
import { problemOf } from '../../stores/failure-error.ts';
import styles from './dashboards.module.css';

/** What is there within this time needs no progress. */
const quickMs = 800;

/** The notification of each export's last run: the next run takes it away. */
const told = new Map<string, string>();

/**
 * Asks for a file and saves it. What takes longer says so and can be cancelled; how it ended is told beside it. `what`:
 * 'Monthly sales as PNG'. The same thing is not exported twice at a time.
 */
export async function runExport(what: string, ask: (signal: AbortSignal) => Promise<ExportedFile>): Promise<void> {
  const stop = beginExport(what);
  if (stop === null) return;
  const id = crypto.randomUUID();
  const before = told.get(what);
  if (before !== undefined) notifications.hide(before);
  told.set(what, id);
  let shown = false;
  const progress = setTimeout(() => {
    shown = true;
    notifications.show({
      id,
      loading: true,
      autoClose: false,
      withCloseButton: false,
      title: `Exporting ${what} …`,
      message: (
        <Button size="compact-xs" onClick={() => stop.abort()}>
          Cancel the export
        </Button>
      ),
    });
  }, quickMs);
  const tell = (title: string, message: ReactNode, autoClose: number | false): void => {
    const words = {
      id,
      loading: false,
      withCloseButton: true,
      closeButtonProps: { 'aria-label': 'Close' },
      title,
      message,
      autoClose,
    };
    if (shown) notifications.update(words);
    else notifications.show(words);
  };
  try {
    const file = await ask(stop.signal);
    saveBytes(file.fileName, file.base64, file.mediaType);
    tell(
      `Exported ${what}`,
      <Outcome text={file.fileName} notices={file.notices} />,
      file.notices.length === 0 ? 6_000 : false,
    );
  } catch (error) {
    if (stop.signal.aborted) tell(`The export of ${what} was cancelled`, 'Nothing was saved.', 4_000);
    else {
      const problem = problemOf(error);
      tell(
        `${what} was not exported`,
        <Outcome text={problem.message} notices={[failureTitles[problem.code]]} />,
        false,
      );
    }
  } finally {
    clearTimeout(progress);
    endExport(what);
  }
}

function Outcome({ text, notices }: { readonly text: string; readonly notices: readonly string[] }): ReactNode {
  return (
    <>
      <span className={styles.exportName}>{text}</span>
      {notices.map((notice) => (
        <span key={notice} className={styles.exportNotice}>
          {notice}
        </span>
      ))}
    </>
  );
}
