import { releaseSessions } from '../../compiler/program/session-pool.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { resetNames } from '../../core/names.ts';

/** Options of {@link clearSession}. */
export interface ClearSessionOptions {
  /** Whether to release the memory of compiled programs, in addition to resetting names. @default true */
  readonly freeMemory?: boolean | undefined;
}

/**
 * Releases the memory of all compiled programs and resets the automatic names of layers, as in Keras. Models stay usable: their
 * programs are compiled again when they run.
 *
 * Programs are bounded in number and memory without it, and those of models that are garbage are released.
 *
 * @throws TypeError for unknown options.
 * @example
 * clearSession();
 * new layers.Dense(1).name;   // 'dense'
 * @see https://keras.io/api/utils/config_utils/#clear_session-function
 */
export function clearSession(options: ClearSessionOptions = {}): void {
  const who = 'utils.clearSession';
  checkOptions(who, options, ['freeMemory']);
  if (checkBoolean(who, 'freeMemory', options.freeMemory ?? true)) releaseSessions();
  resetNames();
}
