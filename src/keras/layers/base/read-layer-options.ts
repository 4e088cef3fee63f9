import { checkOptions } from '../../../core/checks.ts';
import { snakeCase, titleOf, uniqueName } from '../../../core/names.ts';
import type { Shape } from '../../../core/shape.ts';
import { type NamedClass, classNameOf } from '../../saving/class-name.ts';
import { type Fields, type GivenOptions, allowedOptions, attributesOf, checkFields } from '../../saving/fields.ts';
import { fieldsOf, inputShapeOf } from './layer-fields.ts';
import type { LayerOptions } from './layer-options.ts';

/** The checked options of a layer. */
export interface ReadLayerOptions {
  readonly name: string;
  readonly trainable: boolean;
  /** The shape of the input with the batch, if the options state it. */
  readonly inputShape: Shape | null;
  /** The options that become attributes. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The names of the options that the class reads itself. */
  readonly undescribed: readonly string[];
}

const isNames = (value: GivenOptions | readonly string[]): value is readonly string[] => Array.isArray(value);

/**
 * Reads the options of a layer.
 * @param className - the name of the class in errors
 * @throws TypeError or ValueError, which names the option, if one does not fit.
 */
export function readLayerOptions(
  layerClass: NamedClass & { readonly fields: Fields },
  className: string,
  options: LayerOptions,
  others: GivenOptions | readonly string[],
): ReadLayerOptions {
  const ownName = classNameOf(layerClass);
  const fields = fieldsOf(layerClass);
  const positional = isNames(others) ? {} : others;
  const undescribed = isNames(others) ? [...others] : [];
  // The options of the class come first: of two equally similar names, errors suggest the first.
  const allowed = [...allowedOptions(layerClass.fields, positional), ...allowedOptions(fields, positional)];
  checkOptions(ownName, options, [...undescribed, ...allowed]);
  const { name: chosen } = options as { readonly name?: unknown };
  const name =
    chosen === undefined ? uniqueName(snakeCase(ownName)) : (fields['name']?.read(ownName, 'name', chosen) as string);
  const who = titleOf(className, name);
  const checked = checkFields(who, fields, { ...options, ...positional, name });
  // Of the options object alone: Embedding has a positional argument inputDim of another meaning.
  const inputShape = inputShapeOf(options as GivenOptions, who);
  const { trainable, ...attributes } = attributesOf(fields, checked);
  return { name, trainable: trainable === true, inputShape, attributes, undescribed };
}
