/** Who logs in where, with the password. Never leaves the engine. */
export interface DemoConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}
