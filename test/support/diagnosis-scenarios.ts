export { counters, rowOf, stored } from './diagnosis-rows.ts';
export type { LockHeld, Report, Scenario, Simulated } from './diagnosis-scenario.ts';
export { simulate } from './diagnosis-simulation.ts';
