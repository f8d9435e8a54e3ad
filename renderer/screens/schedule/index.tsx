import { CaptureState } from '../../app/capture-state.tsx';
import { NeedsServer } from '../../app/needs-server.tsx';
import { SchedulePage } from './schedule-page.tsx';

/** `#/schedule?tab=schedule|runs|calendars|runners`, with `model` or `run` for what is open, `of` and `outcome` as filters. */
export default function Schedule() {
  return (
    <NeedsServer title="Schedule">
      {(server) =>
        server.capture === null ? (
          <SchedulePage key={server.serverId} server={server} />
        ) : (
          <CaptureState title="Schedule">
            Read models are refreshed on a server, and a capture has none: look at their schedule where the ERP can be
            reached.
          </CaptureState>
        )
      }
    </NeedsServer>
  );
}
