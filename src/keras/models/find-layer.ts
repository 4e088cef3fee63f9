import { isRecord } from '../../core/config.ts';
import { checkInteger, unknownName } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { LayerClass } from '../callbacks/callback-model.ts';
import type { Layer } from '../layers/base/layer.ts';
import { classNameOf } from '../saving/class-name.ts';

/** A layer among others: by its name, or by its index. */
export type LayerReference = string | { readonly index: number };

interface Layers {
  readonly who: string;
  readonly layers: readonly Layer[];
}

/** @throws TypeError if there is no such name, or the layer is of another class; ValueError if there is no such index. */
export function findLayer(model: Layers, which: LayerReference, layerClass: LayerClass): Layer {
  const found = layerAt(model, which);
  const isOfClass: boolean = found instanceof layerClass;
  if (isOfClass) return found;
  throw new TypeError(
    `[${model.who}] the layer ${found.name} must be of the class ${classNameOf(layerClass)}. Received: ${found.who}.`,
  );
}

function layerAt({ who, layers }: Layers, which: LayerReference): Layer {
  if (typeof which === 'string') {
    const found = layers.find((layer) => layer.name === which);
    if (found !== undefined) return found;
    throw unknownName(
      who,
      'layer',
      which,
      layers.map((layer) => layer.name),
    );
  }
  if (!isRecord(which)) {
    throw new TypeError(`[${who}] getLayer expects a name or { index }. Received: ${show(which)}.`);
  }
  const found = layers[checkInteger(who, 'index', which.index, 0)];
  if (found !== undefined) return found;
  throw new ValueError(`[${who}] getLayer: there are ${layers.length} layers. Received: index=${which.index}.`);
}
