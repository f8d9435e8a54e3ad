import { join } from 'node:path';
import { sourceHash } from '../../../electron/core/dashboards/source-hash.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { silentLogger } from '../../support/door.ts';

export const serverId = 'erp';
export const dashboardId = 'big';

const kinds: readonly Widget['kind'][] = ['line', 'bar', 'stacked', 'table', 'heatmap', 'line', 'aging', 'number'];
const regions = ['North', 'South', 'East', 'West', 'Export'] as const;

/** 1,000 days, or 200 days of five regions: what a chart of its kind is made of. */
function rowsOf(kind: Widget['kind'], seed: number, rows: number): WidgetData['rows'] {
  const many = kind === 'stacked' || kind === 'heatmap';
  return Array.from({ length: rows }, (_, n) => {
    const day = new Date(Date.UTC(2024, 0, 1 + (many ? Math.floor(n / regions.length) : n))).toISOString().slice(0, 10);
    const amount = (50_000 + 40_000 * Math.sin((n + seed * 17) / 40) + ((n * 7919 + seed) % 9973)).toFixed(2);
    return [day, regions[n % regions.length] ?? null, amount];
  });
}

function widgetOf(place: number): Widget {
  const kind = kinds[place % kinds.length] ?? 'line';
  return {
    widgetId: `w${place}`,
    title: `${kind} ${place + 1}`,
    question: 'How much is it, day by day?',
    kind,
    source: { kind: 'read_model', readModel: `model_${place}`, sql: `select * from reporting.model_${place}` },
    budget: { minutes: 60 },
    x: kind === 'number' ? null : 'day',
    series: kind === 'stacked' || kind === 'heatmap' ? 'region' : null,
    values: ['amount'],
    formats: { day: 'date', region: 'text', amount: 'money' },
    currency: 'EUR',
    layout: { x: (place % 3) * 4, y: Math.floor(place / 3) * 4, w: 4, h: 4 },
  };
}

/** A profile whose cache holds a dashboard of `widgets` widgets with `rows` rows each, of a server that is out of reach. */
export async function bigProfile(profile: string, widgets: number, rows: number): Promise<void> {
  const history = await openHistory({ file: join(profile, 'daybreak.sqlite'), logger: silentLogger });
  try {
    await history.connections.save({
      serverId,
      settings: {
        label: 'erp-prod',
        environment: 'production',
        host: '127.0.0.1',
        port: 9, // discard: nobody listens
        database: 'erp',
        user: 'board',
        tlsMode: 'disable',
        tlsCaFile: null,
        passfile: null,
        cores: 4,
        readModelSchema: 'reporting',
        executive: true, // the window opens on the dashboard
      },
      lastConnectedAtMs: Date.now(),
      lastFacts: null,
    });
    const dashboard = {
      dashboardId,
      serverId,
      title: 'Two hundred numbers',
      widgets: Array.from({ length: widgets }, (_, place) => widgetOf(place)),
    };
    await history.dashboards.save(dashboard);
    const asOf = new Date(Date.now() - 20 * 60_000).toISOString();
    for (const [place, widget] of dashboard.widgets.entries()) {
      const data: WidgetData = {
        widgetId: widget.widgetId,
        columns: [
          { name: 'day', type: 'date' },
          { name: 'region', type: 'text' },
          { name: 'amount', type: 'numeric' },
        ],
        rows: rowsOf(widget.kind, place, rows),
        freshness: { asOf, source: 'live', state: 'fresh' },
        tookMs: 12,
      };
      await history.dashboards.saveResult(dashboardId, sourceHash(widget.source), data, Date.now());
    }
  } finally {
    await history.close();
  }
}
