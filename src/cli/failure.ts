import { CommanderError } from 'commander';
import { NotImplementedError, ValueError, show } from '../core/errors.ts';

/** How the program ends. */
export const EXIT = {
  /** All went well. */
  ok: 0,
  /** The call was right, and could not be carried out. */
  failed: 1,
  /** The call, or a file that it names, is wrong. */
  wrongCall: 2,
  /** The user interrupted, as shells count it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

/** An error with the exit code that it stands for. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** The error of a wrong call. */
export function wrongCall(message: string, cause?: unknown): Failure {
  return new Failure(EXIT.wrongCall, message, cause);
}

/** Whether an error says in words of ours what the caller got wrong, and is no fault of the program. */
function isRefusal(error: unknown): boolean {
  const kinds = [ValueError, TypeError, NotImplementedError];
  return kinds.some((kind) => error instanceof kind && error.message.startsWith('['));
}

/** Runs a step that reads what the call names: what it refuses is the call's fault. */
export async function reading<T>(step: () => T | Promise<T>): Promise<T> {
  return blaming(EXIT.wrongCall, step);
}

/** Runs a step after everything was read: what it refuses cannot be done. */
export async function doing<T>(step: () => T | Promise<T>): Promise<T> {
  return blaming(EXIT.failed, step);
}

async function blaming<T>(exitCode: number, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Error) || !isRefusal(error)) throw error;
    throw new Failure(exitCode, error.message, error);
  }
}

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongCall;
  if (error instanceof NotImplementedError) return EXIT.failed;
  return isRefusal(error) ? EXIT.wrongCall : EXIT.failed;
}

/** An error in one line. */
export function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error);
  // The parser would print its help here.
  if (error instanceof CommanderError && error.code === 'commander.help') {
    return 'a command must be given. See evenkeel --help.';
  }
  const isKnown = error instanceof Failure || error instanceof CommanderError || isRefusal(error);
  const text = isKnown ? error.message : `${error.name}: ${error.message}`;
  return text
    .replace(/^error: /u, '')
    .replaceAll(/\s*\n\s*/gu, ' ')
    .trim();
}
