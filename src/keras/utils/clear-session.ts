import { releaseSessions } from '../../compiler/program/session-pool.ts';
import { resetNames } from '../../core/names.ts';

/**
 * Releases the memory of all compiled programs and resets the automatic names of layers, as in Keras. Models stay usable: their
 * programs are compiled again when they run.
 *
 * Programs are bounded in number and memory without it, and those of models that are garbage are released.
 *
 * @example
 * clearSession();
 * new layers.Dense(1).name;   // 'dense'
 * @see https://keras.io/api/utils/config_utils/#clear_session-function
 */
export function clearSession(): void {
  releaseSessions();
  resetNames();
}
