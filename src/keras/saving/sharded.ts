import { type Config, isRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { parseJson } from '../../formats/json/json.ts';

/**
 * The files that an index of weights, `.weights.json`, names: they lie beside it.
 * @throws ValueError if it is no such index, or names files elsewhere.
 */
export function shardsOf(bytes: Uint8Array, who: string): readonly string[] {
  const json = parseJson(new TextDecoder().decode(bytes), who);
  const map = isRecord(json) ? (json as Config)['weight_map'] : undefined;
  if (!isRecord(map)) {
    throw new ValueError(`[${who}] an index of weights must have a weight_map. Received: ${show(json)}.`);
  }
  const names = [...new Set(Object.values(map).flat())];
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || /[\\/]|^\.\.?$/.test(name)) {
      throw new ValueError(
        `[${who}] the files of a weight_map must lie beside it. Received: ${show(name)}, which is no name of a file.`,
      );
    }
  }
  return names as string[];
}
