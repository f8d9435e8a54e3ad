import { expect, it } from 'vitest';
import { closedDemo } from '../../../renderer/stores/closed-demo.ts';
import type { DemoStatus } from '../../../shared/model/demo.ts';

const status = (state: DemoStatus['state']): DemoStatus => ({
  state,
  serverId: null,
  progress: null,
  load: null,
  current: null,
  problem: null,
});

it('is closed while it is not open, once its state is known', () => {
  expect(closedDemo(status('closed'), 'demo')?.state).toBe('closed');
  expect(closedDemo(status('opening'), 'demo')?.state).toBe('opening');
  expect(closedDemo(status('open'), 'demo')).toBeNull();
  expect(closedDemo(null, 'demo')).toBeNull();
});

it('is no other connection, whatever its environment is called', () => {
  expect(closedDemo(status('closed'), 'show-room')).toBeNull();
});
