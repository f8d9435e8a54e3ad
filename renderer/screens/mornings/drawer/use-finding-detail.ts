import { useEffect } from 'react';
import type { Finding } from '../../../../shared/model/diagnosis.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { loadFinding, useMornings } from '../../../stores/mornings.ts';

/** What only the detail of a finding knows. A member of a group is detailed by the statement that stands for it. */
export function useFindingDetail(serverId: string, { fromMs, toMs }: TimeWindow, finding: Finding) {
  const { statementId } = finding.statement;
  useEffect(() => {
    void loadFinding(serverId, { fromMs, toMs }, statementId);
  }, [serverId, fromMs, toMs, statementId]);
  const { value, problem, loading } = useMornings((state) => state.finding);
  const mine = value?.finding.statement.statementId === statementId ? value : null;
  return {
    blocked: mine?.blocked ?? [],
    history: mine?.history ?? null,
    freshness: mine?.freshness ?? null,
    loading,
    problem,
    reload: () => void loadFinding(serverId, { fromMs, toMs }, statementId),
  };
}
