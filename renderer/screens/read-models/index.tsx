import { CaptureState } from '../../app/capture-state.tsx';
import { NeedsServer } from '../../app/needs-server.tsx';
import { useRoute } from '../../app/router.ts';
import { ImportPage } from './import-page.tsx';
import { ModelList } from './model-list.tsx';
import { ModelPage } from './model-page.tsx';
import { PlanPage } from './plan-page.tsx';
import { ProposePage } from './propose-page.tsx';
import { ScriptPage } from './script-page.tsx';

/** `#/read-models`, `/model/<name>`, `/plan/<planId>`, `/propose?statement=|widget=|model=`, `/import`, `/detach`, `/uninstall`. */
export default function ReadModels() {
  const { path } = useRoute();
  const [, kind, id] = path;
  return (
    <NeedsServer title="Read models">
      {(server) => {
        if (server.capture !== null) {
          return (
            <CaptureState title="Read models">
              Read models are built on a server, and a capture has none: propose them where the ERP can be reached.
            </CaptureState>
          );
        }
        if (kind === 'propose') return <ProposePage server={server} />;
        if (kind === 'import') return <ImportPage server={server} />;
        if (kind === 'detach' || kind === 'uninstall') return <ScriptPage key={kind} server={server} what={kind} />;
        if (kind === 'plan' && id !== undefined) return <PlanPage key={id} server={server} planId={id} />;
        if (kind === 'model' && id !== undefined) return <ModelPage key={id} server={server} name={id} />;
        return <ModelList server={server} />;
      }}
    </NeedsServer>
  );
}
