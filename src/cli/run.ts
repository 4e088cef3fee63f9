import { openSession } from './command.ts';
import { EXIT, exitCodeOf, lineOf } from './failure.ts';
import type { Io } from './io.ts';
import { makeProgram } from './program.ts';

/**
 * Runs the command line: what stands behind the program's name. Never rejects; what goes wrong is one line on standard
 * error, and the exit code tells which kind it was.
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
