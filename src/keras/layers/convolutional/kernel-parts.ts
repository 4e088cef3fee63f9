import {
  type Constraint,
  type ConstraintIdentifier,
  get as getConstraint,
  serialize as serializeConstraint,
} from '../../constraints/index.ts';
import type { Json } from '../../../core/config.ts';
import {
  type Initializer,
  type InitializerIdentifier,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import {
  type Regularizer,
  type RegularizerIdentifier,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { json } from '../base/arguments.ts';

/** How one of several weights is made, penalized and kept within bounds. */
export interface WeightParts {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** The objects that the options for one weight stand for. */
export function readWeightParts(
  who: string,
  initializer: InitializerIdentifier,
  regularizer: RegularizerIdentifier | null | undefined,
  constraint: ConstraintIdentifier | null | undefined,
): WeightParts {
  return {
    initializer: getInitializer(initializer, who),
    regularizer: getRegularizer(regularizer, who),
    constraint: getConstraint(constraint, who),
  };
}

/** The parts as configs have them. */
export function weightPartsConfig({
  initializer,
  regularizer,
  constraint,
}: WeightParts): Record<keyof WeightParts, Json> {
  return {
    initializer: json(serializeInitializer(initializer)),
    regularizer: json(serializeRegularizer(regularizer)),
    constraint: json(serializeConstraint(constraint)),
  };
}
