import type { HistoryUsage } from '../../../shared/model/history-usage.ts';
import { fromUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { kept } from './retention.ts';
import { knownServerKey } from './servers.ts';

type Tier = HistoryUsage['tiers'][number];

interface Measured {
  readonly entries: number;
  readonly bytes: number | null;
  readonly from_us: number | null;
  readonly to_us: number | null;
}

const hourMs = 3_600_000;
const dayUs = 24 * hourMs * 1000;
/** Heads of rows, indexes and pages that are not full, on top of the packed values: measured on a day of history. */
const overhead = 1.15;

/** What is stored of one server, by tier. `storeBytes` is the caller's: only it knows the files. */
export function readUsage(prepare: Prepare, serverId: string): Omit<HistoryUsage, 'storeBytes'> {
  const serverKey = knownServerKey(prepare, serverId);
  const measured = [raw(prepare, serverKey, 0), rolled(prepare, serverKey, 1, 0), rolled(prepare, serverKey, 60, 0)];
  const [rawMs, minuteMs, hourTierMs] = [kept.rawMs, kept.minuteMs, kept.hourMs];
  const tiers = (['raw', 'minute', 'hour'] as const).map((tier, place): Tier => {
    const one = measured[place] ?? nothing;
    return {
      tier,
      retentionMs: [rawMs, minuteMs, hourTierMs][place] ?? 0,
      fromMs: one.from_us === null ? null : fromUs(one.from_us),
      toMs: one.to_us === null ? null : fromUs(one.to_us),
      entries: one.entries,
      sizeBytes: Math.round((one.bytes ?? 0) * overhead),
    };
  });
  const statements = prepare<{ statements: number }>(
    'select count(*) as statements from statement where server_key = ?',
  ).get(serverKey);
  const texts = prepare<{ bytes: number | null }>(
    `select sum(length(cast(body as blob))) as bytes from text
     where text_id in (select text_id from statement where server_key = ?)`,
  ).get(serverKey);
  return {
    serverId,
    tiers,
    statements: statements?.statements ?? 0,
    textBytes: texts?.bytes ?? 0,
    bytesPerDay: growth(prepare, serverKey, measured[0]?.to_us ?? null),
  };
}

const nothing: Measured = { entries: 0, bytes: null, from_us: null, to_us: null };

/** Of the last day that was sampled, of all tiers; texts come once and are not growth. */
function growth(prepare: Prepare, serverKey: number | null, toUs: number | null): number | null {
  if (toUs === null) return null;
  const sinceUs = toUs - dayUs;
  const last = raw(prepare, serverKey, sinceUs);
  const spanUs = toUs - Math.max(sinceUs, last.from_us ?? toUs);
  if (spanUs < hourMs * 1000) return null;
  const bytes = [last, rolled(prepare, serverKey, 1, sinceUs), rolled(prepare, serverKey, 60, sinceUs)].reduce(
    (sum, one) => sum + (one.bytes ?? 0),
    0,
  );
  return Math.round(bytes * overhead * (dayUs / spanUs));
}

function raw(prepare: Prepare, serverKey: number | null, sinceUs: number): Measured {
  return (
    prepare<Measured>(
      `select sum(entries) as entries, sum(bytes) as bytes, min(from_us) as from_us, max(to_us) as to_us from (
         select count(*) as entries, sum(length(deltas) + 90) as bytes, min(from_us) as from_us, max(to_us) as to_us
         from interval where server_key = @server and to_us >= @since
         union all
         select count(*), sum(length(packed) + 20), min(at_us), max(at_us)
         from sample where server_key = @server and at_us >= @since)`,
    ).get({ server: serverKey, since: sinceUs }) ?? nothing
  );
}

function rolled(prepare: Prepare, serverKey: number | null, minutes: number, sinceUs: number): Measured {
  return (
    prepare<Measured>(
      `select count(*) as entries, sum(length(body) + length(more) + 60) as bytes, min(from_us) as from_us,
              max(from_us) + @minutes * 60000000 as to_us
       from rollup where server_key = @server and minutes = @minutes and from_us >= @since`,
    ).get({ server: serverKey, minutes, since: sinceUs }) ?? nothing
  );
}
