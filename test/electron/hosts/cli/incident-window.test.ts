import { expect, test } from 'vitest';
import { incidentIn } from '../../../../electron/hosts/cli/incident-window.ts';
import type { EngineClient } from '../../../../electron/hosts/profile/engine-client.ts';

const whole = { fromMs: 1000, toMs: 301_000 };
const asked = (suggestion: typeof whole | null) => {
  const timeline = () => Promise.resolve({ ok: true, value: { timeline: { suggestion } } });
  return incidentIn({ mornings: { timeline } } as unknown as EngineClient, 'erp', whole);
};

test('the incident is the slow stretch of what was sampled, and all of it only where none stands out', async () => {
  const slow = { fromMs: 61_000, toMs: 121_000 };
  expect(await asked(slow)).toEqual({ window: slow, chosenBy: 'found' });
  expect(await asked({ fromMs: 61_000.4, toMs: 120_999.6 })).toEqual({ window: slow, chosenBy: 'found' });
  expect(await asked({ fromMs: 61_000, toMs: 71_000 })).toEqual({ window: whole, chosenBy: 'whole' });
  expect(await asked(null)).toEqual({ window: whole, chosenBy: 'whole' });
});
