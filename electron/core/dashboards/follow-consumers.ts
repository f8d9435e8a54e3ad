import type { Widget } from '../../../shared/model/dashboard.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { journalIn } from '../read-model/journal-in-history.ts';
import { setConsumer } from './consumers.ts';

interface Tools {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
}

interface Reading {
  readonly widget: Widget;
  readonly readModel: string;
}

/**
 * Brings the registry's consumers from what the widgets were to what they are. A widget is saved whether or not that
 * can be done (no connection, no right to write there): resolves to what could not be written, in sentences, or null.
 */
export async function followConsumers(
  { ports, history, events, servers }: Tools,
  serverId: string,
  before: readonly Widget[],
  after: readonly Widget[],
): Promise<string | null> {
  const [had, has] = [readings(before), readings(after)];
  const gone = [...had].filter(([key]) => !has.has(key)).map(([, one]) => ({ ...one, stays: false }));
  const there = [...has.values()].map((one) => ({ ...one, stays: true }));
  const notes: string[] = [];
  for (const { widget, readModel, stays } of [...gone, ...there]) {
    try {
      await setConsumer({
        server: await servers.server(serverId),
        readModel,
        widgetId: widget.widgetId,
        widget: stays ? widget : null,
        journal: journalIn(history, ports),
        clock: ports.clock,
      });
      events.publish('read_models', serverId, readModel);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const what = stays ? 'does not know' : 'still names';
      notes.push(`The registry ${what} "${widget.title}" as a consumer of ${readModel}: ${error.value.message}`);
    }
  }
  return notes.length === 0 ? null : notes.join(' ');
}

function readings(widgets: readonly Widget[]): ReadonlyMap<string, Reading> {
  return new Map(
    widgets.flatMap((widget) => {
      if (widget.source.kind !== 'read_model') return [];
      const { readModel } = widget.source;
      return [[JSON.stringify([readModel, widget.widgetId]), { widget, readModel }] as const];
    }),
  );
}
