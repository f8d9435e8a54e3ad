import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from '../../../renderer/app/route.ts';

describe('the route in the address', () => {
  it('is read back as it was written, whatever the names hold', () => {
    const route = {
      path: ['read-models', 'model', 'büro/umsatz 50 %?#'],
      params: new URLSearchParams({ from: '1', q: 'a&b' }),
    };
    const read = parseRoute(formatRoute(route));
    expect(read.path).toEqual(route.path);
    expect([...read.params]).toEqual([...route.params]);
  });

  it('is empty for an address that is no route, a launch code among them', () => {
    for (const hash of ['', '#', '#code=abc', '#main']) expect(parseRoute(hash).path).toEqual([]);
  });

  it('survives a broken escape', () => {
    expect(parseRoute('#/mornings/%E0%A4%A').path).toEqual(['mornings', '%E0%A4%A']);
  });
});
