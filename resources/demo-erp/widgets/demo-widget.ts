import type { Budget } from '../../../shared/model/freshness.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';

/** A widget that ships with the demo ERP: the query that a BI tool sends, and how a read model would answer it. */
export interface DemoWidget {
  readonly widgetId: string;
  /** Executive widgets are heavy; operational ones are tiny, indexed and stay live. */
  readonly kind: 'executive' | 'operational';
  readonly title: string;
  readonly question: string;
  readonly owner: string;
  readonly chart: Pick<
    Widget,
    'kind' | 'x' | 'series' | 'values' | 'formats' | 'currency' | 'layout' | 'comparison' | 'options'
  >;
  /** What the consumer accepts once the widget reads a read model; 'live' for operational ones. */
  readonly budget: Budget;
  readonly liveSql: string;
  readonly readModel: DemoReadModel | null;
}

/** A definition shaped like the chart. The reader's first column is as_of, the others are those of the live query. */
export interface DemoReadModel {
  readonly name: string;
  readonly definitionSql: string;
  readonly keyColumns: readonly string[];
  readonly readerSql: string;
}
