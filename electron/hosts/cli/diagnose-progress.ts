import { twoDigits } from '../../../shared/format/zoned-time.ts';
import { cut, printable, terminal, wrap } from './terminal.ts';

/** What is known while samples are taken. */
export interface Looking {
  readonly elapsedMs: number;
  readonly totalMs: number;
  readonly samples: number;
  /** Average active sessions of the last seconds by class, in the order in which they are said. */
  readonly sessions: readonly { readonly name: string; readonly average: number }[];
  /** Why nothing arrives just now. */
  readonly problem: string | null;
}

export interface Progress {
  say(text: string): void;
  looking(now: Looking): void;
  /** Whether the next `looking` is read by anybody: what it tells costs something to find out. */
  isDue(elapsedMs: number): boolean;
  /** Takes the live line away. */
  done(): void;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Without a terminal a line so often: a log over SSH stays readable. */
const plainEveryMs = 30_000;

/** On standard error, which belongs to people: a line that rewrites itself on a terminal, plain lines elsewhere. */
export function diagnoseProgress(out: Output): Progress {
  const tty = out.isTTY === true;
  const { paint } = terminal(out);
  let open = false;
  let nextMs = 0;
  const clear = () => {
    if (open) out.write('\r\u001b[2K');
    open = false;
  };
  return {
    say(text) {
      clear();
      const columns = tty ? (out.columns ?? 80) : Infinity;
      out.write(`${wrap(printable(text), columns).join('\n')}\n`);
    },
    isDue: (elapsedMs) => tty || elapsedMs >= nextMs,
    looking(now) {
      const text = lineOf(now);
      if (tty) {
        // A full line would wrap and could not be rewritten.
        out.write(`\r\u001b[2K${paint('dim', cut(text, Math.max(20, (out.columns ?? 80) - 1)))}`);
        open = true;
      } else if (now.elapsedMs >= nextMs) {
        nextMs = now.elapsedMs + plainEveryMs;
        out.write(`${text}\n`);
      }
    },
    done: clear,
  };
}

function lineOf({ elapsedMs, totalMs, samples, sessions, problem }: Looking): string {
  const clock = `${minutesAndSeconds(elapsedMs)} of ${minutesAndSeconds(totalMs)}`;
  const now = sessions.map(({ name, average }) => `${name} ${average.toFixed(1)}`).join(' ');
  const parts = [clock, `${samples} samples`, problem === null ? now : printable(problem)];
  return parts.filter((part) => part !== '').join(' · ');
}

/** "1:12": the line has to fit into 80 columns. */
function minutesAndSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
}
