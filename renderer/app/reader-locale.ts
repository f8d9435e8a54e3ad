/** The reader's own language and region: how days, weeks and months are written in calendars. */
export const readerLocale = navigator.language;
