import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Node, Value } from '../../../compiler/ir/value.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer } from '../base/layer.ts';
import type { NormalizationParts } from '../base/traits.ts';
import { innerLayer } from './inner-layer.ts';

/** The base of layers that hold another layer and normalize its kernel. */
export abstract class WeightWrapper extends Layer {
  static override readonly fields: Fields = { layer: innerLayer };

  override computesInFloat32 = true;
  /** The wrapped layer. */
  declare readonly layer: Layer;
  #kernel: Variable | null = null;

  constructor(...args: ConstructorParameters<typeof Layer>) {
    super(...args);
    this.inputSpec = { minNdim: 1 };
  }

  /** The weight that is normalized. @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(
      `[${this.who}] the kernel is that of the built layer: call the layer on an input or build([…]) first.`,
    );
  }

  override build(inputShape: Shape): void {
    this.layer.ensureBuilt(inputShape);
    this.#kernel = findKernel(this.layer, this.who);
    const last = inputShape.at(-1) ?? null;
    this.inputSpec = last === null ? { minNdim: 1 } : { minNdim: 1, axes: { [-1]: last } };
  }

  /** The weights in Keras's order, which lists the kernel among those of this layer. */
  override get weights(): readonly Variable[] {
    const kernel = this.#kernel;
    return kernel === null ? super.weights : [...new Set([kernel, ...super.weights])];
  }

  override get ownWeights(): readonly Variable[] {
    const kernel = this.#kernel;
    return kernel === null ? super.ownWeights : [kernel, ...super.ownWeights];
  }

  /** Calls the wrapped layer with `kernel` as its kernel. @throws ValueError if the layer does not read that. */
  protected callInner(inputs: Value, context: CallContext, trace: Trace, kernel: Value): Value {
    const output = this.layer.applyIn(trace, inputs, context.training, context.mask) as Value;
    if (!dependsOn(output, kernel.node)) {
      throw new ValueError(
        `[${this.who}] the wrapped layer must read its kernel through the context of its call: context.read(kernel). Received: ${this.layer.who}, which does not.`,
      );
    }
    return isFloat(inputs.dtype) ? castTo(output, inputs.dtype) : output;
  }

  override get normalizationParts(): NormalizationParts {
    return {};
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.layer.computeOutputShape(this.checkedShape(inputShape));
  }
}

function findKernel(layer: Layer, who: string): Variable {
  for (const name of ['kernel', 'embeddings'] as const) {
    const found: unknown = name in layer ? (layer as unknown as Record<string, unknown>)[name] : null;
    if (found instanceof Variable) return found;
  }
  throw new ValueError(`[${who}] the wrapped layer must have a kernel or embeddings. Received: ${layer.who}.`);
}

/** Whether a value depends on an output of a node. The search is breadth-first. */
function dependsOn(value: Value, node: Node): boolean {
  const seen = new Set<Node>([value.node]);
  for (const each of seen) {
    if (each === node) return true;
    for (const operand of each.inputs) seen.add(operand.node);
  }
  return false;
}
