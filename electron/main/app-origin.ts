/** Scheme and host of the window's own pages; the one place that says so. */
export const appScheme = 'app';
export const appHost = 'daybreak';
export const appOrigin = `${appScheme}://${appHost}`;
