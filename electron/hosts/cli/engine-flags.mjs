/**
 * How V8 is started for an engine that goes on for days (docs/decisions/0025). An engine in the background makes some
 * 6 MB of garbage a minute; V8 sees an idle process, shrinks its heap every 100 s, and collects the next minute's garbage
 * in pieces of 1 MB. That was half of all processor time of sampling.
 */
export const engineFlags = ['--no-memory-reducer', '--min-semi-space-size=16'];

/** Commands that end when somebody stops them. */
export const goesOn = (command) => ['agent', 'serve', 'start'].includes(command);
