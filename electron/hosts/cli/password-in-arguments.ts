/** As JSON, in a URI before the @ (also one pasted with its own / and @ unescaped), or as a parameter or keyword. */
const passwords: readonly RegExp[] = [/"password"\s*:/, /:\/\/[^\s:@/"]*:[^\s"]+@/, /(?:^|[?&\s"])password=/];

/** Whether a command-line argument seems to carry a password: every user of the machine can read the process list. */
export const carriesPassword = (argument: string): boolean => passwords.some((pattern) => pattern.test(argument));
