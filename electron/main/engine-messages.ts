/** What the main process and the engine's process say to each other. Ports to windows travel beside 'port'. */
export type ToEngine =
  | {
      readonly type: 'start';
      readonly profileDir: string;
      readonly resourcesDir: string;
      /** Where the main process can keep passwords. */
      readonly secretStore: 'system' | 'memory';
      readonly logLevel: string;
    }
  | { readonly type: 'port' }
  | { readonly type: 'secret'; readonly id: number; readonly secret: string | null; readonly error: string | null }
  | { readonly type: 'stop' };

export type FromEngine =
  | { readonly type: 'ready'; readonly kind: 'own' | 'attached'; readonly pid: number }
  /** The engine cannot run; it ends after this. `message` is meant for the person. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'notify'; readonly title: string; readonly body: string }
  | SecretRequest;

/** An answer to each comes as 'secret' with the same id. */
export type SecretRequest =
  | { readonly type: 'secret'; readonly id: number; readonly op: 'get' | 'remove'; readonly key: string }
  | { readonly type: 'secret'; readonly id: number; readonly op: 'set'; readonly key: string; readonly secret: string };
