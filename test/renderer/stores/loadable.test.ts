import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../renderer/stores/failure-error.ts';
import { createLoader, type Loadable, notLoaded } from '../../../renderer/stores/loadable.ts';

function held() {
  let state: Loadable<string> = notLoaded;
  const loader = createLoader<string>(
    () => state,
    (next) => {
      state = next;
    },
  );
  return { loader, state: () => state };
}

describe('something asked from the engine', () => {
  it('keeps the old value while a new one loads and when loading fails', async () => {
    const { loader, state } = held();
    await loader.load(async () => 'old');
    const loading = loader.load(async () => {
      throw new FailureError({ code: 'not_connected', message: 'erp is not connected', retryable: true });
    });
    expect(state()).toMatchObject({ value: 'old', loading: true });
    await loading;
    expect(state()).toMatchObject({ value: 'old', loading: false, problem: { code: 'not_connected' } });
  });

  it('drops an answer that was overtaken by a later question', async () => {
    const { loader, state } = held();
    let answerFirst: (value: string) => void = () => undefined;
    const first = loader.load(() => new Promise((resolve) => (answerFirst = resolve)));
    await loader.load(async () => 'second');
    answerFirst('first');
    await first;
    expect(state().value).toBe('second');
  });

  it('drops an answer that comes after the thing was left', async () => {
    const { loader, state } = held();
    let answer: (value: string) => void = () => undefined;
    const loading = loader.load(() => new Promise((resolve) => (answer = resolve)));
    loader.reset();
    answer('late');
    await loading;
    expect(state()).toEqual(notLoaded);
  });
});
