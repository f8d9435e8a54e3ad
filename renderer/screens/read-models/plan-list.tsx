import type { Plan } from '../../../shared/model/read-model.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact, momentText } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import type { Loadable } from '../../stores/loadable.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import styles from './read-models.module.css';
import { planStateWords, planTitle } from './words.ts';

/** Plans of this server, newest first: those that wait to be run, and what became of the others. */
export function PlanList({ plans }: { readonly plans: Loadable<readonly Plan[]> }) {
  const nowMs = useNow(60_000);
  if (plans.problem !== null && plans.value === null) return <FailureNotice problem={plans.problem} />;
  if (plans.value === null || plans.value.length === 0) return null;
  return (
    <Card title="Plans" className={styles.flush}>
      <DataTable
        label="Plans"
        columns={columns(nowMs)}
        rows={plans.value}
        rowKey={(plan) => plan.planId}
        onOpen={(plan) => navigate(`/read-models/plan/${plan.planId}`)}
        initialSort={{ column: 'made', descending: true }}
        {...(plans.value.length > 8 ? { height: 300 } : {})}
      />
    </Card>
  );
}

const columns = (nowMs: number): readonly TableColumn<Plan>[] => [
  {
    id: 'name',
    header: 'read model',
    cell: (plan) => <strong>{plan.readModel}</strong>,
    sortValue: (plan) => plan.readModel,
  },
  {
    id: 'what',
    header: 'what',
    width: 'minmax(160px, 2fr)',
    cell: (plan) => planTitle(plan).replace('Plan: ', ''),
    sortValue: planTitle,
  },
  {
    id: 'steps',
    header: 'steps',
    align: 'right',
    width: '70px',
    cell: (plan) => plan.steps.length,
    sortValue: (plan) => plan.steps.length,
  },
  {
    id: 'made',
    header: 'made',
    cell: (plan) => <span title={momentExact(plan.createdAtMs)}>{momentText(plan.createdAtMs, nowMs)}</span>,
    sortValue: (plan) => plan.createdAtMs,
  },
  {
    id: 'state',
    header: 'state',
    width: '180px',
    cell: (plan) => <Tag tone={planStateWords[plan.state].tone}>{planStateWords[plan.state].text}</Tag>,
    sortValue: (plan) => plan.state,
  },
];
