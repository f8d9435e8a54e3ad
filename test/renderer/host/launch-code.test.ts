import { expect, it } from 'vitest';
import { readLaunchCode } from '../../../renderer/host/launch-code.ts';

it('a launch code is taken from the fragment, and a route is not mistaken for one', () => {
  expect(readLaunchCode('#code=Ab-_9')).toBe('Ab-_9');
  expect(readLaunchCode('#code=a%2Bb&more=1')).toBe('a+b');
  expect(readLaunchCode('#/mornings?code=abc')).toBeNull();
  expect(readLaunchCode('')).toBeNull();
});
