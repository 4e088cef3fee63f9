import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, checkShape } from '../../../core/shape.ts';
import { regularizer } from '../../regularizers/field.ts';
import { type Field, type Fields, boolean, field, keptAs, nullIsDefault, under } from '../../saving/fields.ts';
import { type DTypePolicy, policyConfig, readPolicy } from '../../../core/dtype-policy.ts';

/** The type of a layer's weights and computation. */
export const dtype: Field<DTypePolicy> = keptAs(
  'dtypePolicy',
  nullIsDefault(
    field({
      byDefault: null,
      read: (who, _option, given) => readPolicy(given, who),
      write: policyConfig,
    }),
  ),
);

/** The same, written as its name, where Keras writes no policy. */
export const plainDType: Field<DTypePolicy> = { ...dtype, write: ({ name }) => name };

/** The field of a layer's name. A layer without this option generates a name. */
export const name: Field<string> = nullIsDefault(
  field({
    byDefault: 'layer',
    read: (who, _option, given) => {
      if (typeof given === 'string' && given !== '' && !given.includes('/')) return given;
      throw new ValueError(`[${who}] name must be a string without "/". Received: name=${show(given)}.`);
    },
  }),
);

/** An option that the constructor of the layer reads, of which null is the default. */
export const readByConstructor: Field = under(
  null,
  keptAs(null, field({ byDefault: null, read: (_who, _option, given) => given })),
);

/** An option of every layer that some classes do not write. */
export const unwritten: Fields = {
  trainable: under(null, boolean(true)),
  activityRegularizer: under(null, regularizer()),
};

const penalty = regularizer();

/** The options of every layer, in the order of Keras's config. */
export const layerFields: Fields = {
  name,
  trainable: boolean(true),
  dtype,
  autocast: under(null, boolean(true)),
  // Keras leaves the key out where there is no penalty.
  activityRegularizer: {
    ...penalty,
    write: (value, who) => (value === null ? undefined : penalty.write(value as never, who)),
  },
  inputShape: readByConstructor,
  batchInputShape: readByConstructor,
  inputDim: readByConstructor,
};

/** The whole tables of classes, by their own: each layer needs that of its class several times. */
const whole = new WeakMap<Fields, Fields>();

/** The options of a class of layers: those of every layer that its own table does not place elsewhere come first. */
export function fieldsOf({ fields }: { readonly fields: Fields }): Fields {
  const known = whole.get(fields);
  if (known !== undefined) return known;
  const others = Object.entries(layerFields).filter(([option]) => !Object.hasOwn(fields, option));
  const made = { ...Object.fromEntries(others), ...fields };
  whole.set(fields, made);
  return made;
}

/** The shape of the input with the batch, if one of the options states it. */
export function inputShapeOf(options: Readonly<Record<string, unknown>>, who: string): Shape | null {
  const { inputShape = null, batchInputShape = null, inputDim = null } = options;
  if (batchInputShape !== null) return checkShape(batchInputShape, who, 'batchInputShape');
  if (inputShape !== null) return [null, ...checkShape(inputShape, who, 'inputShape')];
  if (inputDim !== null) return [null, ...checkShape([inputDim], who, 'inputDim')];
  return null;
}
