import type { Node, Value } from '../../ir/value.ts';
import type { PrimitiveName, Results } from '../../ir/primitives.ts';
import type { Images } from '../emit/blocked-values.ts';
import type { LowerContext } from '../emit/context.ts';
import type { Work } from './costs.ts';

/** The form of a node in the blocked layout. */
export interface BlockedForm {
  /** The images that determine the work: the result, or the operand of a reduction. */
  readonly images: Images;
  /** For each operand, whether it is read in blocks; the others are read as they are. */
  readonly reads: readonly boolean[];
  /** Whether the result is in blocks. */
  readonly writes: boolean;
  /** The kind of work, which determines the costs in either layout. */
  readonly work: Work;
}

/** The facts on which a form depends. */
export interface FormContext {
  readonly block: number;
  /** The value as images, if its channels are a multiple of the block. */
  readonly imagesOf: (value: Value | undefined) => Images | null;
  /** The nodes that use a result of a node. */
  readonly usersOf: (node: Node) => readonly Node[];
}

/** The input of a rule that appends the blocked form of a node. */
export interface BlockedContext<P extends PrimitiveName> extends LowerContext<P> {
  readonly block: number;
  /** The value as images, if its channels are a multiple of the block. */
  readonly imagesOf: (value: Value | undefined) => Images | null;
  /** The images of the form. */
  readonly images: Images;
  /** The factors of a product whose sum this node is, by name; null if it sums its operand. */
  readonly factors: readonly [string, string] | null;
}

/** The blocked form of a primitive. */
export interface BlockedRule<P extends PrimitiveName> {
  /** The form of a node; null if it has none. */
  readonly form: (node: Node<P>, context: FormContext) => BlockedForm | null;
  /** Appends the form and returns the plain names of the results. */
  readonly lower: (context: BlockedContext<P>) => Results<P, string>;
}

/** The blocked forms of primitives; the others have none, or choose it themselves. */
export type BlockedRules = { readonly [P in PrimitiveName]?: BlockedRule<P> };
