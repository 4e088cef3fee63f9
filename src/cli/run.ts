import { openSession } from './common/command.ts';
import { EXIT, exitCodeOf, lineOf } from './common/failure.ts';
import type { Io } from './common/io.ts';
import { makeProgram } from './program.ts';

/**
 * Runs the command line on the arguments that follow the program's name. Never rejects: an error is one line on standard
 * error, and the exit code returned tells its kind.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await makeProgram(openSession(io)).parseAsync([...argv], { from: 'user' });
    return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (io.outputClosed.aborted) return EXIT.ok;
    const code = exitCodeOf(error);
    if (code !== EXIT.ok) io.stderr.write(`evenkeel: ${lineOf(error)}\n`);
    return code;
  }
}
