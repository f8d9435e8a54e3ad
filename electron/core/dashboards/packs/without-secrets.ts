import type { Dashboard } from '../../../../shared/model/dashboard.ts';

/** A connection string within a query (dblink, foreign servers), and a URI with a password. */
const passwordIn: readonly (readonly [RegExp, string])[] = [
  [/(\bpassword\s*=>?\s*)(?:'{1,2}[^']*'{1,2}|"[^"]*"|[^\s'";,)]+)/gi, '$1[left out]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@']*:)[^\s@']+(@)/gi, '$1[left out]$2'],
];

/** A shorter password is in words that are none: it is left out where it stands as one. */
const shortestKnown = 6;

/** A dashboard as it may leave this machine. `known`: passwords that this profile holds. */
export function withoutSecrets(dashboard: Dashboard, known: readonly string[]): Dashboard {
  const clean = (text: string): string => {
    const spelled = known
      .filter(({ length }) => length >= shortestKnown)
      .flatMap((secret) => [secret, secret.replaceAll("'", "''"), encodeURIComponent(secret)]);
    const unknown = spelled.reduce((rest, secret) => rest.replaceAll(secret, '[left out]'), text);
    return passwordIn.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), unknown);
  };
  return JSON.parse(JSON.stringify(dashboard), (_key, value: unknown) =>
    typeof value === 'string' ? clean(value) : value,
  ) as Dashboard;
}
