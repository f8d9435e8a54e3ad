import { isFailure } from '../../../shared/model/failure.ts';
import { failureText } from './failure-text.ts';
import { runProgram } from './program.ts';
import { stopOnSignals } from './stop.ts';

/** Entry point of the command line; `bin.mjs` has made sure that this Node can run it. */
const stop = stopOnSignals();

// `daybreak call ... | head -1`: nobody listens any more, so there is nothing left to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

let exitCode: number;
try {
  exitCode = await runProgram(process.argv.slice(2), stop);
} catch (error) {
  exitCode = 1;
  if (stop.signal.aborted) exitCode = 130;
  else if (isFailure(error)) process.stderr.write(`${failureText(error.value)}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
// Written out before the process ends: standard output may be a pipe.
process.stdout.write('', () => process.exit(exitCode));
