import { describe, expect, test } from 'vitest';
import { composeMessage } from '../../../../electron/core/alerts/message.ts';
import type { StoredEpisode } from '../../../../electron/core/alerts/ledger.ts';
import type { AlertSeverity } from '../../../../shared/model/alert-severity.ts';
import { delivery, hourMs, mailbox, minuteMs, seven, storedEpisode } from './some-alerts.ts';

const server = { serverId: 'erp', label: 'Invoices' };
const compose = (episodes: readonly StoredEpisode[], nowMs = seven) => {
  const items = episodes.map((episode) => ({ episode, delivery: delivery(episode) }));
  return composeMessage({ destination: mailbox(), items }, server, nowMs, 0);
};
const [sales, stock] = ['sales', 'stock'].map((subject) => storedEpisode({ subject })) as [
  StoredEpisode,
  StoredEpisode,
];

describe('the id of a message', () => {
  test('is the same for every attempt to tell the same, in whatever order, and fits into any header', () => {
    const { messageId } = compose([sales, stock]);
    expect(messageId).toMatch(/^[0-9a-f]{32}$/);
    expect(compose([stock, sales], seven + minuteMs).messageId).toBe(messageId);
    expect(compose([storedEpisode({ subject: 'Umsätze\r\n売上' })]).messageId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is another where more is told than at the attempt before, so that nobody drops what is new', () => {
    const alone = compose([sales]).messageId;
    expect(compose([sales, stock]).messageId).not.toBe(alone);
    expect(compose([stock, sales]).messageId).not.toBe(compose([stock]).messageId);
  });

  test('is another where it is over by the next attempt, since that is told by no other message', () => {
    const over = { ...sales, recoveredAtMs: seven + hourMs, recoveredText: 'Refreshed.' };
    expect(compose([over]).messageId).not.toBe(compose([sales]).messageId);
  });
});

describe('the severity of a digest', () => {
  const severityOf = (...severities: readonly AlertSeverity[]) =>
    compose(severities.map((severity, index) => storedEpisode({ subject: `model ${index}`, severity }))).severity;

  test('is the highest of what is open', () => {
    expect(severityOf('info')).toBe('info');
    expect(severityOf('info', 'warning')).toBe('warning');
    expect(severityOf('warning', 'critical', 'info')).toBe('critical');
  });

  test('counts what is over only where all of it is', () => {
    const over = storedEpisode({ subject: 'stock', severity: 'critical', recoveredAtMs: seven + hourMs });
    expect(compose([over, storedEpisode({ severity: 'info' })])).toMatchObject({ severity: 'info', over: false });
    expect(compose([over])).toMatchObject({ severity: 'critical', over: true });
  });
});
