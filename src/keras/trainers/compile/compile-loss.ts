import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Loss, type LossIdentifier, get as getLoss, resolve as resolveLoss } from '../../losses/index.ts';
import { add, multiply } from '../../ops/index.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import type { CompileOptions } from './compile-options.ts';
import { LossTracker } from './loss-tracker.ts';
import { sumOfShares } from './sum-of-shares.ts';
import { type Outputs, leavesOf, perOutput } from './per-output.ts';
import { type OutputValues, type StepValues, floatOf, isChosenByShape } from './step-values.ts';

/** The loss of one output. */
interface OutputLoss {
  readonly loss: Loss;
  readonly weight: number | null;
  /** Reports the loss separately where several outputs have one. */
  readonly tracker: LossTracker | null;
  /** The shape of the output. */
  readonly shape: Shape;
  /** The name of the output, if there are several. */
  readonly output: string | undefined;
}

/**
 * The losses that `compile` received, one for each output. They are resolved when the first batch shows the shapes.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/compile_utils.py
 */
export class CompileLoss {
  readonly #who: string;
  readonly #options: CompileOptions;
  readonly #context: ReadContext;
  #losses: readonly (OutputLoss | null)[] | null = null;

  /** @throws TypeError if a loss does not exist or a weight is not a finite number. */
  constructor(who: string, options: CompileOptions, context: ReadContext) {
    this.#who = who;
    this.#options = options;
    // A file's budget is for the objects made while the file is read.
    this.#context = { customObjects: context.customObjects };
    for (const loss of leavesOf(options.loss)) {
      if (!isChosenByShape(loss)) getLoss(loss as LossIdentifier, who, context);
    }
    for (const weight of leavesOf(options.lossWeights)) {
      if (typeof weight === 'number' && Number.isFinite(weight)) continue;
      throw new TypeError(
        `[${who}] compile: lossWeights must be finite numbers. Received: ${show(options.lossWeights)}.`,
      );
    }
  }

  /**
   * Resolves the losses for outputs and targets of these shapes.
   * @throws ValueError if targets are missing, or there is not one entry for each output.
   */
  build({ targets, outputs, names }: OutputValues): void {
    const who = this.#who;
    const several = { count: outputs.length, names };
    const weights = perOutput(who, 'lossWeights', this.#options.lossWeights, several);
    const identifiers = perOutput(who, 'loss', this.#options.loss, several);
    const ownNames = outputs.length > 1 ? names : null;
    const losses = outputs.map((output, i): Loss | null => {
      const [identifier, target] = [identifiers[i] ?? null, targets[i]];
      if (identifier === null) return null;
      if (target === undefined || target === null) throw this.#withoutTargets(identifier, ownNames?.[i]);
      return resolveLoss(identifier as LossIdentifier, target.shape, output.shape, who, this.#context);
    });
    const isTracked = losses.filter((loss) => loss !== null).length > 1;
    this.#losses = outputs.map((output, i): OutputLoss | null => {
      const loss = losses[i] ?? null;
      if (loss === null) return null;
      const tracker = isTracked ? new LossTracker(`${names?.[i] ?? loss.name}_loss`, floatOf(output)) : null;
      return {
        loss,
        weight: (weights[i] as number | null | undefined) ?? null,
        tracker,
        shape: output.shape,
        output: ownNames?.[i],
      };
    });
  }

  /** Whether each output has a loss. @throws as `build` does */
  assigned(outputs: Outputs): readonly boolean[] {
    return perOutput(this.#who, 'loss', this.#options.loss, outputs).map((loss) => loss !== null);
  }

  /** Discards the resolved losses. */
  reset(): void {
    this.#losses = null;
  }

  #withoutTargets(loss: unknown, output: string | undefined): ValueError {
    const place = output === undefined ? '' : ` of the output ${show(output)}`;
    return new ValueError(
      `[${this.#who}] the loss ${show(loss)}${place} needs targets. Received: no y${output === undefined ? '. Pass y after x, and options after y' : ' for it'}.`,
    );
  }

  /** The sum of the weighted losses of the outputs; `null` if no output has a loss. Updates the losses reported separately. */
  call(trace: Trace, { targets, outputs, sampleWeights, rows, share }: StepValues): Value | null {
    let total: Value | null = null;
    for (const [i, entry] of (this.#losses ?? []).entries()) {
      const [target, output] = [targets[i], outputs[i]];
      if (entry === null || output === undefined) continue;
      const { loss, weight, tracker } = entry;
      if (target === undefined || target === null) throw this.#withoutTargets(loss.name, entry.output);
      const weights = { sampleWeight: sampleWeights[i] ?? null, mask: trace.maskOf(output), share };
      const value = loss.apply(target, output, weights);
      if (value.rank > 0) {
        throw new ValueError(
          `[${this.#who}] the loss ${loss.name} must return one number for a batch. Received: reduction="none". Choose another reduction.`,
        );
      }
      if (share === null) tracker?.updateState(trace, value, rows);
      else tracker?.updateState(trace, sumOfShares(value, share), share.rows);
      const weighted = weight === null ? value : multiply(value, weight);
      total = total === null ? weighted : add(total, weighted);
    }
    return total;
  }

  /** The trackers of the losses that are reported separately. */
  get trackers(): readonly LossTracker[] {
    return (this.#losses ?? []).flatMap((entry) => entry?.tracker ?? []);
  }

  /**
   * Checks targets, in the order of the outputs, on the host.
   * @throws ValueError if a loss cannot use them, such as a class index out of range.
   */
  checkTargets(targets: readonly (Tensor | null)[]): void {
    for (const [i, entry] of (this.#losses ?? []).entries()) {
      const target = targets[i];
      if (entry !== null && target !== undefined && target !== null) entry.loss.checkTargets(target, entry.shape);
    }
  }
}
