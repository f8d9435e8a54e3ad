/** The reader's own time zone: labels speak the reader's clock, the exact form on hover names the zone. */
export const localTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
