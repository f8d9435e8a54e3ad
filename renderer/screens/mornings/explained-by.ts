import type { Finding } from '../../../shared/model/diagnosis.ts';

/** The finding that accuses a statement, alone or as one of a group. */
export function findingOf(findings: readonly Finding[], statementId: string): Finding | null {
  return (
    findings.find(({ statement }) => statement.statementId === statementId) ??
    findings.find(({ members }) => members.some((member) => member.statementId === statementId)) ??
    null
  );
}
