import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { letLeadFirst, takeTurn } from '../../../../renderer/screens/dashboards/turns.ts';

const done: string[] = [];
const takes = (name: string, first = false) => takeTurn(() => done.push(name), first);
const frameMs = 16;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call, frameMs));
  done.length = 0;
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('one piece of work a turn, in the order in which it was asked for', () => {
  takes('first');
  takes('second');
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['first']);
  vi.advanceTimersByTime(2 * frameMs + 1);
  expect(done).toEqual(['first', 'second']);
});

test('numbers come before cards that wait already, and among them who asked first', () => {
  takes('card');
  takes('another card');
  takes('number', true);
  takes('another number', true);
  vi.runAllTimers();
  expect(done).toEqual(['number', 'another number', 'card', 'another card']);
});

test('while a dashboard opens, its cards wait for its first number, and then go on', () => {
  letLeadFirst(400);
  takes('card');
  vi.advanceTimersByTime(200);
  expect(done).toEqual([]);
  takes('number', true);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['number']);
  vi.advanceTimersByTime(2 * frameMs + 1);
  expect(done).toEqual(['number', 'card']);
});

test('where no number comes, the cards are made all the same', () => {
  letLeadFirst(400);
  takes('card');
  vi.advanceTimersByTime(399);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(5);
  expect(done).toEqual(['card']);
});

test('who leaves the queue is not asked', () => {
  const leave = takes('gone');
  takes('stays');
  leave();
  vi.runAllTimers();
  expect(done).toEqual(['stays']);
});
