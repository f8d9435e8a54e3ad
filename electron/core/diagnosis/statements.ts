import type { Statement } from '../../../shared/model/statement.ts';
import { buildCatalog } from './catalog.ts';
import { viewHistory } from './history-view.ts';
import type { StoredHistory } from './input.ts';

/** Every statement of the history with its class and who decided it. */
export const describeStatements = (history: StoredHistory): Statement[] => [
  ...buildCatalog(history, viewHistory(history)).statements,
];
