import * as activations from '../activations/index.ts';
import type { Layer } from '../layers/base/layer.ts';
import { isBuiltIn } from '../layers/serialization.ts';
import { isLibraryObject } from '../saving/library-objects.ts';
import { isBuiltInModel } from '../saving/model-classes.ts';

let builtInFunctions: ReadonlySet<unknown> | null = null;

function isCustomFunction(value: unknown): boolean {
  builtInFunctions ??= new Set(Object.values<unknown>(activations));
  return typeof value === 'function' && !builtInFunctions.has(value) && !isLibraryObject(value);
}

/**
 * Whether calling a layer runs code of the user: that of a class, of a function among its options, or of a nested layer.
 * Such code may choose by the sizes of its inputs.
 */
export function runsCustomCode(layer: Layer): boolean {
  const pending: Layer[] = [layer];
  const seen = new Set<Layer>(pending);
  for (let next: Layer | undefined = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isBuiltIn(next) && !isBuiltInModel(next)) return true;
    // The options are attributes.
    const values = Object.keys(next).map((key): unknown => Reflect.get(next as object, key));
    if (values.some(isCustomFunction)) return true;
    for (const inner of next.sublayers) {
      if (seen.has(inner)) continue;
      seen.add(inner);
      pending.push(inner);
    }
  }
  return false;
}
