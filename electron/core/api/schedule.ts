import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const scheduleApi = ({ schedules }: Engine) =>
  os.schedule.router({
    overview: os.schedule.overview.handler(({ input }) => reply(() => schedules.overview(input.serverId))),
    get: os.schedule.get.handler(({ input }) => reply(() => schedules.get(input.serverId, input.readModel))),
    set: os.schedule.set.handler(({ input }) =>
      reply(() => schedules.set(input.serverId, input.readModel, input.schedule)),
    ),
    preview: os.schedule.preview.handler(({ input }) =>
      reply(() => schedules.preview(input.serverId, input.readModel, input.schedule)),
    ),
    pause: os.schedule.pause.handler(({ input }) =>
      reply(() => schedules.pause(input.serverId, input.readModel, input.why)),
    ),
    resume: os.schedule.resume.handler(({ input }) => reply(() => schedules.resume(input.serverId, input.readModel))),
    refreshNow: os.schedule.refreshNow.handler(({ input }) =>
      reply(() => schedules.refreshNow(input.serverId, input.readModel)),
    ),
    cancelRun: os.schedule.cancelRun.handler(({ input }) =>
      reply(() => schedules.cancelRun(input.serverId, input.readModel, input.runId)),
    ),
    calendars: os.schedule.calendars.handler(({ input }) => reply(() => schedules.calendars(input.serverId))),
    saveCalendar: os.schedule.saveCalendar.handler(({ input }) =>
      reply(() => schedules.saveCalendar(input.serverId, input.calendar)),
    ),
    previewCalendar: os.schedule.previewCalendar.handler(({ input }) =>
      reply(() => schedules.previewCalendar(input.serverId, input.calendar)),
    ),
    removeCalendar: os.schedule.removeCalendar.handler(({ input }) =>
      reply(() => schedules.removeCalendar(input.serverId, input.name)),
    ),
    runs: os.schedule.runs.handler(({ input }) => reply(() => schedules.runs(input.serverId, input))),
    guardDecisions: os.schedule.guardDecisions.handler(({ input }) =>
      reply(() => schedules.guardDecisions(input.serverId, input)),
    ),
    runners: os.schedule.runners.handler(({ input }) => reply(() => schedules.runners(input.serverId))),
    forgetRunner: os.schedule.forgetRunner.handler(({ input }) =>
      reply(() => schedules.forgetRunner(input.serverId, input.runner)),
    ),
    settings: os.schedule.settings.handler(({ input }) => reply(() => schedules.settings(input.serverId))),
    setSettings: os.schedule.setSettings.handler(({ input }) =>
      reply(() => schedules.setSettings(input.serverId, input.settings)),
    ),
    setRunner: os.schedule.setRunner.handler(({ input }) => reply(() => schedules.setRunner(input.serverId, input.on))),
  });
