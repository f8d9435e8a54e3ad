/** For choosing: Chromium leaves UTC out of its list, and a stored zone may have been renamed since. */
export const timeZonesWith = (chosen: string): string[] => [
  ...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')]),
];
