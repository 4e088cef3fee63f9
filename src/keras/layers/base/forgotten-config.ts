import { NotImplementedError } from '../../../core/errors.ts';

const MEND =
  'Override getConfig: return { ...super.getConfig(), units: this.units }; and, for arguments before the options, static fromConfig.';

/**
 * A layer of the user's that has arguments of its own must write them down.
 * @throws NotImplementedError if it does not: `isInherited` says that its `getConfig` is that of all layers.
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
    `[${who}] a layer with arguments of its own must have a config with them. Received: ${came}, and no getConfig. ${MEND}`,
  );
}

/**
 * A layer that was made from a config must have taken it.
 * @throws NotImplementedError if it has another name than the config says.
 */
export function checkTaken(className: string, name: string, wanted: unknown): void {
  if (typeof wanted !== 'string' || wanted === name) return;
  throw new NotImplementedError(
    `[${className}] a layer that is made from its config must take it. Received: a constructor that leaves the name ${JSON.stringify(wanted)} out, so that it is ${JSON.stringify(name)}. ${MEND}`,
  );
}
