import type { Widget } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { freePlace } from '../../../shared/model/grid-layout.ts';
import type { ReadModel } from '../../../shared/model/read-model.ts';
import { readerSqlFor } from '../read-model/propose/suggest.ts';

/** Rows that a table on a dashboard asks for: a screen of numbers, not an export. */
const mostRows = 1000;
const size = { w: 6, h: 4 };

/** A read model as a table of all its columns, at the first free place. Throws `not_found` before its first version. */
export function tableWidget(model: ReadModel, widgetId: string, beside: readonly Widget[]): Widget {
  const version = model.versions.find(({ version: number }) => number === model.currentVersion);
  if (version === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `The read model ${model.name} has no version that is served yet.`,
    });
  }
  const names = version.columns.map(({ name }) => name);
  return {
    widgetId,
    title: model.name,
    question: model.question,
    kind: 'table',
    source: {
      kind: 'read_model',
      readModel: model.name,
      sql: `${readerSqlFor(model.schema, model.name, version.columns, version.keyColumns)}\nlimit ${mostRows}`,
    },
    budget: model.budget ?? { minutes: 60 },
    x: null,
    series: null,
    values: names,
    formats: Object.fromEntries(version.columns.map(({ name, type }) => [name, formatOf(type)])),
    currency: null,
    layout: freePlace(
      beside.map(({ layout }) => layout),
      size,
    ),
  };
}

function formatOf(type: string): Widget['formats'][string] {
  if (/^(smallint|integer|bigint)$/.test(type)) return 'integer';
  if (/^(numeric|real|double precision)/.test(type)) return 'decimal';
  return type === 'date' ? 'date' : 'text';
}
