import { z } from 'zod';
import { type TestStage, testStageSchema } from '../../../shared/model/connection.ts';
import type { Problem } from '../../stores/failure-error.ts';

export const stageTitles: Readonly<Record<TestStage['stage'], string>> = {
  ssh_name: 'SSH: name',
  ssh_tcp: 'SSH: TCP',
  ssh_host_key: 'SSH: key of the server',
  ssh_login: 'SSH: sign-in',
  ssh_forward: 'SSH: forwarding',
  name: 'Name',
  tcp: 'TCP',
  tls: 'TLS',
  login: 'Login',
  version: 'Version',
  rights: 'Rights',
  extensions: 'Extensions',
  role: 'Primary or replica',
};

const stagesSchema = z.array(testStageSchema);

/** A failed test carries all its stages in `detail.stages`; without them the failure itself is all there is. */
export function stagesOf(problem: Problem): readonly TestStage[] {
  const parsed = stagesSchema.safeParse(problem.detail?.['stages']);
  return parsed.success ? parsed.data : [];
}
