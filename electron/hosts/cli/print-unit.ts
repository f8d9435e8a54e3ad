import { resolve } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';
import { profileDir } from '../profile/profile-dir.ts';
import { readAgentConfig } from './agent-config.ts';
import { agentUnit } from './agent-unit.ts';
import { usualGraceSeconds } from './agent.ts';
import { carriesPassword } from './password-in-arguments.ts';

export interface PrintUnitOptions {
  readonly config?: string | undefined;
  readonly profile?: string | undefined;
  readonly secretsFile?: string | undefined;
  readonly url?: string | undefined;
  readonly urlInArguments: boolean;
  readonly listen?: number | undefined;
  readonly logLevel?: string | undefined;
  readonly grace?: number | undefined;
  readonly refresh?: boolean | undefined;
}

/** `daybreak agent --print-unit`: what systemd needs, for the options beside it. */
export async function printUnit(options: PrintUnitOptions): Promise<number> {
  const config = options.config === undefined ? {} : await readAgentConfig(options.config);
  const { listen, logLevel, grace, refresh, urlInArguments } = options;
  // What stands in the environment may be there for something else; the configuration is there for the agent.
  const url = config.url !== undefined && !urlInArguments ? undefined : options.url;
  if (url === undefined && config.url === undefined) {
    throw new Failure({
      code: 'invalid_input',
      message: `A unit needs to know which server: say it with --url, or as "url" in the file of --config.`,
    });
  }
  if (url !== undefined && carriesPassword(url)) {
    throw new Failure({
      code: 'invalid_input',
      message:
        'The address holds a password, and everybody on the machine can read a unit. Put the password into a passfile, or name its file (0600) as "passwordFile" in the file of --config.',
    });
  }
  const secretsFile = options.secretsFile ?? config.secretsFile;
  process.stdout.write(
    agentUnit({
      config: options.config,
      profile: profileDir({ option: options.profile ?? config.profile }),
      secretsFile: secretsFile === undefined ? undefined : resolve(secretsFile),
      url,
      more: [
        ...(listen === undefined ? [] : ['--listen', String(listen)]),
        ...(logLevel === undefined ? [] : ['--log-level', logLevel]),
        ...(grace === undefined ? [] : ['--grace', String(grace)]),
        ...(refresh === false ? ['--no-refresh'] : []),
      ],
      graceSeconds: grace ?? config.graceSeconds ?? usualGraceSeconds,
    }),
  );
  return 0;
}
