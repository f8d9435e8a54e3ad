import { expect, test } from 'vitest';
import { race } from '../bench/agent/race.ts';
import { createTestDatabase, testServers } from '../support/postgres.ts';

test('two engines that are killed in the middle of refreshes never double one, and leave none stuck', async () => {
  const [server] = testServers();
  if (server === undefined) throw new Error('no test server runs');
  const database = await createTestDatabase(server);
  try {
    const result = await race({
      models: 4,
      seconds: 10,
      seed: 7,
      everySeconds: 3,
      killEverySeconds: 4,
      kinds: ['agent', 'desktop'],
      url: database.url,
      hurried: true,
    });
    expect(result.kills).toBeGreaterThan(0);
    expect(result.runs['done']).toBeGreaterThanOrEqual(4);
    expect(result).toMatchObject({
      overlapping: 0,
      answeredTwice: 0,
      unrecordedCommits: 0,
      stuck: 0,
      neverRefreshed: 0,
      lateStops: [],
    });
  } finally {
    await database.drop();
  }
});
