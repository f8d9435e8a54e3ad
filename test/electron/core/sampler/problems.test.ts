import { describe, expect, it } from 'vitest';
import { Problems } from '../../../../electron/core/sampler/problems.ts';

describe('what stands in the way of sampling', () => {
  it('is told for sixty samples where it happened once, and until it is mended where it lasts', () => {
    const changes: string[] = [];
    const problems = new Problems((source, problem) => changes.push(`${source}: ${problem}`));
    problems.note('rights', 'No rights.');
    problems.tell('clock', 'Set back.');
    for (let sample = 0; sample < 59; sample += 1) problems.sampled();
    expect(problems.text).toBe('No rights. Set back.');
    problems.sampled();
    problems.sampled();
    expect(problems.text).toBe('No rights.');
    problems.note('rights', null);
    expect(problems.text).toBeNull();
    expect(changes).toEqual(['rights: No rights.', 'clock: Set back.', 'clock: null', 'rights: null']);
  });

  it('is told for as long again when it happens again', () => {
    const problems = new Problems(() => undefined);
    problems.tell('clock', 'Set back.');
    for (let sample = 0; sample < 59; sample += 1) problems.sampled();
    problems.tell('clock', 'Set forward.');
    for (let sample = 0; sample < 59; sample += 1) problems.sampled();
    expect(problems.text).toBe('Set forward.');
  });
});
