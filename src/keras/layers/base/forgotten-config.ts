import { NotImplementedError } from '../../../core/errors.ts';

const FIX =
  'Override getConfig: return { ...super.getConfig(), units: this.units }; and, for arguments before the options, static fromConfig.';

/**
 * Checks that a custom layer with additional arguments overrides `getConfig`.
 * @param isInherited whether its `getConfig` is that of `Layer`
 * @throws NotImplementedError if it does not.
 */
export function checkWritten(
  who: string,
  isInherited: boolean,
  parameters: number,
  ownOptions: readonly string[],
): void {
  if (!isInherited || (parameters < 2 && ownOptions.length === 0)) return;
  const came =
    ownOptions.length > 0 ? `the options ${ownOptions.join(', ')}` : `a constructor with ${parameters} parameters`;
  throw new NotImplementedError(
    `[${who}] a layer with additional arguments must override getConfig. Received: ${came}. ${FIX}`,
  );
}

/**
 * Checks that a layer made from a config has the name in the config.
 * @throws NotImplementedError if it has another name: its constructor ignores the options.
 */
export function checkTaken(className: string, name: string, wanted: unknown): void {
  if (typeof wanted !== 'string' || wanted === name) return;
  throw new NotImplementedError(
    `[${className}] the constructor must pass its options to super. Received: a config with name=${JSON.stringify(wanted)}, and a layer named ${JSON.stringify(name)}. ${FIX}`,
  );
}
