import type { Family, PrimitiveName, PrimitiveOf, Results } from '../../ir/primitives.ts';
import type { LowerContext } from '../emit/context.ts';

/** Appends the ONNX nodes of a primitive and returns the names of its results. */
export type LowerRule<P extends PrimitiveName> = (context: LowerContext<P>) => Results<P, string>;

/** The rules of a family of primitives. */
export type LowerRules<F extends Family> = { readonly [P in PrimitiveOf<F>]: LowerRule<P> };
