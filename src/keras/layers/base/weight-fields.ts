import type { Constraint } from '../../constraints/constraint.ts';
import { constraint } from '../../constraints/field.ts';
import { initializer } from '../../initializers/field.ts';
import type { Initializer } from '../../initializers/initializer.ts';
import type { InitializerIdentifier } from '../../initializers/resolve.ts';
import { regularizer } from '../../regularizers/field.ts';
import type { Regularizer } from '../../regularizers/regularizer.ts';
import type { Fields } from '../../saving/fields.ts';

/** A layer whose weight `Name` has options: `kernelInitializer`, `kernelRegularizer` and `kernelConstraint`. */
type HasWeightOptions<Name extends string> = {
  readonly [Key in `${Name}Initializer`]: Initializer;
} & {
  readonly [Key in `${Name}Regularizer`]: Regularizer | null;
} & {
  readonly [Key in `${Name}Constraint`]: Constraint | null;
};

/** The options of one weight, under the names that `addWeight` accepts. */
export interface WeightParts {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** Additional fields of `weightFields`. */
export interface FurtherFields {
  /** Initializers of weights that training does not change, which follow the other initializers. @default none */
  readonly initializers?: Readonly<Record<string, InitializerIdentifier>>;
  /** Whether the penalty on the output follows those on the weights, as Keras writes it for some layers. @default false */
  readonly writesPenalty?: boolean;
}

/**
 * The initializer, regularizer and constraint of weights, in the order of Keras's configs.
 *
 * @param defaults the initializer of each weight, by the weight's name: `{ kernel: 'glorot_uniform', bias: 'zeros' }`
 */
export function weightFields(
  defaults: Readonly<Record<string, InitializerIdentifier>>,
  { initializers = {}, writesPenalty = false }: FurtherFields = {},
): Fields {
  const names = Object.keys(defaults);
  return {
    ...Object.fromEntries(
      Object.entries({ ...defaults, ...initializers }).map(([name, byDefault]) => [
        `${name}Initializer`,
        initializer(byDefault),
      ]),
    ),
    ...Object.fromEntries(names.map((name) => [`${name}Regularizer`, regularizer()])),
    ...(writesPenalty ? { activityRegularizer: regularizer() } : {}),
    ...Object.fromEntries(names.map((name) => [`${name}Constraint`, constraint()])),
  };
}

/** The layer's options for one weight, to pass to `addWeight`. */
export function weightParts<Name extends string>(layer: HasWeightOptions<Name>, name: Name): WeightParts {
  // The compiler does not resolve keys that are made from a type parameter.
  const options = layer as unknown as Readonly<Record<string, unknown>>;
  return {
    initializer: options[`${name}Initializer`] as Initializer,
    regularizer: options[`${name}Regularizer`] as Regularizer | null,
    constraint: options[`${name}Constraint`] as Constraint | null,
  };
}
