/** The key that commands are held with on this machine: ⌘ on a Mac, Ctrl elsewhere. */
export const modKey = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';
