import type { Layer } from '../base/layer.ts';
import { nestedLayer } from '../base/nested-layer.ts';
import { type LayerClasses, classesIn } from '../base/serialization.ts';
import type { Field } from '../../saving/fields.ts';
import * as convolutional from '../convolutional/index.ts';
import * as core from '../core/index.ts';

/**
 * The layers that a layer which normalizes weights can write and read by itself: those of the folders that have layers
 * with a kernel or embeddings.
 */
export const innerClasses: LayerClasses = classesIn(core, convolutional);

/** The option `layer`: another layer, which configs contain as Keras's JSON. */
export const innerLayer: Field<Layer> = nestedLayer(innerClasses);
