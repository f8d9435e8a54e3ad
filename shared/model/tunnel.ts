import { z } from 'zod';

export * from './hops.ts';

/** A name or address that can be written into a known_hosts file, a URL and a command as it stands. */
const hostSchema = z
  .string()
  .max(255)
  .regex(/^[\p{L}\p{N}_.:%][\p{L}\p{N}_.:%-]*$/u, 'a host name or an address, without spaces');
const portSchema = z.number().int().min(1).max(65_535);

/** How somebody signs in at an SSH server. Holds no secret: a passphrase or password travels beside it, inwards only. */
export const sshAuthSchema = z.discriminatedUnion('kind', [
  /** The keys of the running SSH agent (SSH_AUTH_SOCK). */
  z.object({ kind: z.literal('agent') }),
  /** A private key; `file` is its path on the engine's machine, '~' being the home of the engine's user. */
  z.object({ kind: z.literal('key'), file: z.string().min(1).max(1024) }),
  z.object({ kind: z.literal('password') }),
]);
export type SshAuth = z.infer<typeof sshAuthSchema>;

/** One SSH server on the way. */
export const sshHopSchema = z.object({
  host: hostSchema,
  port: portSchema,
  user: z.string().min(1).max(255),
  auth: sshAuthSchema,
});
export type SshHop = z.infer<typeof sshHopSchema>;

/** An SSH server that connections go through, and the jump hosts that lead to it. */
export const tunnelSchema = sshHopSchema.extend({
  /** Passed in this order before the server itself. */
  jumps: z.array(sshHopSchema).max(8),
  /** How often a silent tunnel is asked whether it is still there; three questions without an answer end it. 0: never. */
  keepaliveSeconds: z.number().int().min(0).max(3600),
});
export type TunnelSettings = z.infer<typeof tunnelSchema>;

export const defaultKeepaliveSeconds = 15;

/** A key that an SSH server showed. All of it is public. */
export const shownHostKeySchema = z.object({
  host: hostSchema,
  port: portSchema,
  /** The whole key as a known_hosts file has it: base64. */
  key: z.string().regex(/^[A-Za-z0-9+/]{16,8192}={0,2}$/),
  /** 'SHA256:…', as `ssh-keygen -l` prints it. */
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
});
export type ShownHostKey = z.infer<typeof shownHostKeySchema>;

/** Passphrases and passwords by hop name; they go in and never come out. */
export const tunnelSecretsSchema = z.record(z.string().max(600), z.string().max(4096));
export type TunnelSecrets = z.infer<typeof tunnelSecretsSchema>;
