import { CommanderError } from 'commander';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { escapeControls } from '../../core/escape.ts';

/** The exit codes of the program. */
export const EXIT = {
  /** Success. */
  ok: 0,
  /** A valid call whose operation failed. */
  failed: 1,
  /** Invalid usage, or an invalid input file. */
  wrongCall: 2,
  /** Interrupted by the user, in the shells' convention: 128 plus the number of SIGINT. */
  interrupted: 130,
} as const;

/** An error with its exit code. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** Makes the error of an invalid call. */
export function wrongCall(message: string, cause?: unknown): Failure {
  return new Failure(EXIT.wrongCall, message, cause);
}

/** Whether an error is a refusal by evenkeel, with a message for the user, rather than a bug. */
function isRefusal(error: unknown): boolean {
  const kinds = [ValueError, TypeError, NotImplementedError];
  return kinds.some((kind) => error instanceof kind && error.message.startsWith('['));
}

/** Runs a step that reads the files of the call: a refusal is invalid input. */
export async function reading<T>(step: () => T | Promise<T>): Promise<T> {
  return blaming(EXIT.wrongCall, step);
}

/** Runs a step after all input has been read: a refusal is a failed operation. */
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

/** Returns the exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongCall;
  if (error instanceof NotImplementedError) return EXIT.failed;
  return isRefusal(error) ? EXIT.wrongCall : EXIT.failed;
}

/** Returns an error as one line. */
export function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error);
  // Without a command, the parser's message would be its whole help.
  if (error instanceof CommanderError && error.code === 'commander.help') {
    return 'a command is required. See evenkeel --help.';
  }
  const isKnown = error instanceof Failure || error instanceof CommanderError || isRefusal(error);
  const text = isKnown ? error.message : `${error.name}: ${error.message}`;
  return oneLine(text.replace(/^error: /u, ''));
}

/** Returns a string as one line without control characters. */
export function oneLine(text: string): string {
  return escapeControls(text)
    .replaceAll(/\s*\n\s*/gu, ' ')
    .trim();
}
