/** As JSON, in a URI before the @ (also one pasted with its own / and @ unescaped), or as a parameter or keyword. */
const passwords: readonly RegExp[] = [
  /"(?:pass(?:word|phrase)|tunnelSecrets)"\s*:/,
  /:\/\/[^\s:@/"]*:[^\s"]+@/,
  /(?:^|[?&\s"])password=/,
];

/** Whether a command-line argument seems to carry a password: every user of the machine can read the process list. */
export function carriesPassword(argument: string): boolean {
  // The @ of an SSH server ends no login of the database.
  const withoutSsh = argument.replace(/\bssh(?:_jump)?=[^&\s"]*/g, '');
  return passwords.some((pattern) => pattern.test(withoutSsh));
}
