/** Measures a morning: other work on the machine would be found in it, so these journeys run alone. */
export const rescueByHand = /rescue by hand/;

/** Projects of playwright.config.ts whose journeys run beside other tests: they wait more than they work. */
export const journeys = [
  'browser',
  'labels',
  'filters',
  'editor',
  'alerts',
  'schedule',
  'offline',
  'desktop',
  'electron',
  'exports',
] as const;

export const rescues = ['rescues'] as const;
