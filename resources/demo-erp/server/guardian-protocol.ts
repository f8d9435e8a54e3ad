/**
 * What owner and guardian say to each other: the owner writes one `GuardedStart` line into the guardian's standard
 * input and keeps that pipe open; the guardian answers with one `GuardianAnswer` line. End of the pipe: stop.
 */
export interface GuardedStart {
  readonly postgres: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly arguments: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Folders to delete after the server stopped; for data that nobody wants again. */
  readonly removeAtEnd: readonly string[];
}

export type GuardianAnswer =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'failed'; readonly log: string; readonly portTaken: boolean };
