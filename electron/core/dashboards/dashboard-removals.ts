import type { Dashboard, RemovedDashboard } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { kept } from '../history/retention.ts';
import type { DashboardTools } from './dashboard-editor.ts';
import { invalid, withoutReadModel } from './edit-dashboard.ts';
import { followConsumers } from './follow-consumers.ts';
import { titleWhenPutBack } from './free-title.ts';

/** Takes dashboards away and, for some days, back: to where they stood, with the numbers that were saved of them. */
export class DashboardRemovals {
  readonly #options: DashboardTools;

  constructor(options: DashboardTools) {
    this.#options = options;
  }

  /** `confirm`: its title. `note`: what could not be done beside it. */
  async remove(
    serverId: string,
    dashboardId: string,
    confirm: string,
  ): Promise<{ removed: boolean; note: string | null }> {
    const { title, widgets } = await this.#options.get(serverId, dashboardId);
    requireTitle('remove', title, confirm);
    await this.#options.dashboards.setAside(dashboardId);
    const note = await followConsumers(this.#options, serverId, widgets, []);
    this.#changed(serverId);
    return { removed: true, note };
  }

  /** What can be put back, the last one first. */
  async list(serverId: string): Promise<RemovedDashboard[]> {
    return (await this.#kept(serverId)).map(({ dashboard: { dashboardId, title, widgets }, removedAtMs }) => ({
      dashboardId,
      title,
      widgets: widgets.length,
      removedAtMs,
      keptUntilMs: removedAtMs + kept.removedDashboardMs,
    }));
  }

  /** Where another has its title meanwhile it gets one of its own, and `note` says so. */
  async putBack(serverId: string, dashboardId: string): Promise<{ dashboard: Dashboard; note: string | null }> {
    const { history, onTitles } = this.#options;
    const { dashboard, before } = await onTitles(serverId, async () => {
      const removed = await this.#one(serverId, dashboardId);
      const titles = (await history.dashboards.list(serverId)).map(({ title }) => title);
      const back = { ...removed, title: titleWhenPutBack(removed.title, titles) };
      await history.dashboards.putBack(back);
      return { dashboard: back, before: removed.title };
    });
    const renamed =
      dashboard.title === before
        ? []
        : [`Another dashboard is called "${before}" now: this one is "${dashboard.title}".`];
    const unwritten = await followConsumers(this.#options, serverId, [], dashboard.widgets);
    this.#changed(serverId);
    const notes = unwritten === null ? renamed : [...renamed, unwritten];
    return { dashboard, note: notes.length === 0 ? null : notes.join(' ') };
  }

  /** For good, before its time is over. `confirm`: its title. */
  async forget(serverId: string, dashboardId: string, confirm: string): Promise<{ forgotten: boolean }> {
    const { history, onTitles } = this.#options;
    await onTitles(serverId, async () => {
      const { title } = await this.#one(serverId, dashboardId);
      requireTitle('forget', title, confirm);
      await history.dashboards.remove(dashboardId);
    });
    this.#changed(serverId);
    return { forgotten: true };
  }

  /** The read model is gone: what is put back later asks without it, as the dashboards that are there do. */
  async leaveReadModel(serverId: string, readModel: string): Promise<void> {
    const { history, onTitles } = this.#options;
    await onTitles(serverId, async () => {
      for (const { dashboard } of await this.#kept(serverId)) {
        const left = withoutReadModel(dashboard, readModel);
        if (left !== dashboard) await history.dashboards.saveRemoved(left);
      }
    });
  }

  async #one(serverId: string, dashboardId: string): Promise<Dashboard> {
    const removed = (await this.#kept(serverId)).find(({ dashboard }) => dashboard.dashboardId === dashboardId);
    if (removed !== undefined) return removed.dashboard;
    const days = kept.removedDashboardMs / 86_400_000;
    throw new Failure({
      code: 'not_found',
      message: `No dashboard ${dashboardId} of this connection was removed in the last ${days} days: there is nothing to put back.`,
      detail: { dashboardId },
    });
  }

  async #kept(serverId: string) {
    const { servers, history, ports } = this.#options;
    await servers.stored(serverId);
    return history.dashboards.removed(serverId, ports.clock.nowMs() - kept.removedDashboardMs);
  }

  #changed(serverId: string): void {
    this.#options.events.publish('dashboards', serverId);
  }
}

function requireTitle(action: 'remove' | 'forget', title: string, confirm: string): void {
  if (confirm !== title) throw invalid(`To ${action} the dashboard, confirm it with its title: ${title}.`);
}
