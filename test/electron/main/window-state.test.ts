import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWindowState, writeWindowState, type WindowState } from '../../../electron/main/window-state.ts';
import { temporaryDir } from '../../support/door.ts';

let dir: ReturnType<typeof temporaryDir>;
let file: string;
beforeEach(() => {
  dir = temporaryDir();
  file = join(dir.path, 'window.json');
});
afterEach(() => dir.remove());

const screens = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];
const at = (x: number, y: number): WindowState => ({ bounds: { x, y, width: 1440, height: 900 }, maximized: true });

test('a window comes back where it was, on either screen', () => {
  for (const state of [at(100, 50), at(2000, 0), at(-1300, 10)]) {
    writeWindowState(file, state);
    expect(readWindowState(file, screens)).toEqual(state);
  }
});

test('a place that cannot be reached any more is forgotten: unplugged screen, title bar out of sight', () => {
  for (const state of [at(4000, 0), at(-1400, 0), at(0, 1060), at(0, -50)]) {
    writeWindowState(file, state);
    expect(readWindowState(file, screens)).toBe(null);
  }
});

test('a missing or broken file is no error', () => {
  expect(readWindowState(file, screens)).toBe(null);
  writeFileSync(file, '{"bounds":');
  expect(readWindowState(file, screens)).toBe(null);
});
