import { beforeEach, expect, it, vi } from 'vitest';

const asked: string[] = [];
let fails = false;

/** The engine at the end of the door: it knows no dashboard. */
const link = {
  call: (path: readonly string[]) => {
    asked.push(path.join('.'));
    return fails ? Promise.reject(new TypeError('failed to fetch')) : Promise.resolve({ ok: true, value: [] });
  },
};

async function openPage() {
  const { enterThrough } = await import('../../../renderer/stores/client.ts');
  enterThrough({ kind: 'browser', link: () => link, reopen: () => Promise.resolve() });
  return import('../../../renderer/stores/dashboards.ts');
}

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  asked.length = 0;
  fails = false;
});

it('answers the first screen with the list that was asked for ahead', async () => {
  const { loadDashboards, openAhead } = await openPage();
  await openAhead('server', null);
  await loadDashboards('server');
  expect(asked).toEqual(['dashboards.list']);
  await loadDashboards('server');
  expect(asked).toEqual(['dashboards.list', 'dashboards.list']);
});

it('asks again for a list that could not be had ahead', async () => {
  fails = true;
  const { loadDashboards, openAhead, useDashboards } = await openPage();
  await openAhead('server', null);
  fails = false;
  await loadDashboards('server');
  expect(asked).toHaveLength(2);
  expect(useDashboards.getState().dashboards).toEqual({ value: [], loading: false, problem: null });
});
