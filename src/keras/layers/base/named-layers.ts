import type { Layer } from './layer.ts';

/** A layer with its name in a model; `outer/inner` for a layer of a nested model. */
export interface NamedLayer<L extends Layer = Layer> {
  readonly name: string;
  readonly layer: L;
}

/** Returns layers and the layers inside them, such as those of nested models, each once. */
export function namedLayers(layers: readonly Layer[]): readonly NamedLayer[] {
  const seen = new Set<Layer>();
  const found: NamedLayer[] = [];
  const visit = (siblings: readonly Layer[], prefix: string): void => {
    for (const layer of siblings) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      const name = `${prefix}${layer.name}`;
      found.push({ name, layer });
      visit(layer.sublayers, `${name}/`);
    }
  };
  visit(layers, '');
  return found;
}

/** Returns the layers of a model, those of nested models and layers included, each once. */
export function layersIn(model: Layer): readonly NamedLayer[] {
  return namedLayers(model.sublayers);
}
