import { describe, expect, test } from 'vitest';
import { createEvents } from '../../../electron/core/events.ts';

describe('the event stream', () => {
  test('begins with the current seq and then carries every change in order', async () => {
    const events = createEvents();
    events.publish('demo');
    const stream = events.subscribe();
    expect((await stream.next()).value).toMatchObject({ seq: 1, topic: 'connections' });
    events.publish('activity', 's1', 'x');
    events.publish('sampler', 's1');
    expect((await stream.next()).value).toEqual({ seq: 2, topic: 'activity', serverId: 's1', subject: 'x' });
    expect((await stream.next()).value).toMatchObject({ seq: 3, topic: 'sampler' });
    await stream.return();
  });

  test('a reader that fell behind sees a gap instead of holding memory', async () => {
    const events = createEvents();
    const stream = events.subscribe();
    await stream.next();
    for (let index = 0; index < 2500; index += 1) events.publish('sampler');
    const seqs: number[] = [];
    for (;;) {
      const { value } = await stream.next();
      if (!value) break;
      seqs.push(value.seq);
      if (value.seq === 2500) break;
    }
    expect(seqs.length).toBeLessThan(1001);
    expect(seqs.at(-1)).toBe(2500);
    await stream.return();
  });

  test('ends when its signal aborts, also while it waits', async () => {
    const abort = new AbortController();
    const stream = createEvents().subscribe(abort.signal);
    await stream.next();
    const waiting = stream.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
  });
});
