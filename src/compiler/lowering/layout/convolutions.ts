import { type Node, isNode } from '../../ir/value.ts';
import { isBlockedDepthwise } from '../emit/blocked-depthwise.ts';
import { isBlockedDense } from '../emit/blocked-dense.ts';
import type { Target } from '../emit/target.ts';

/** Whether a convolution reads an operand in blocks, as `rules/convolution.ts` lowers it. */
export function readsInBlocks(node: Node, operand: number, target: Target): boolean {
  const { blockedChannels: block } = target;
  if (isNode(node, 'convKernelGradient')) {
    const [x, dy] = node.inputs;
    const { groups } = node.attributes;
    const channels = [x?.shape[1] ?? 0, dy?.shape[1] ?? 0];
    if (x?.rank === 3) return groups === 1 && channels.every((count) => count % block === 0);
    return x?.rank === 4 && (groups === 1 || channels.every((count) => count === groups));
  }
  return operand === 0 && writesInBlocks(node, target) && (node.inputs[0]?.shape[1] ?? 0) % block === 0;
}

/** Whether the result of a convolution is in blocks. */
export function writesInBlocks(node: Node, target: Target): boolean {
  const isForward = isNode(node, 'conv');
  if (!isForward && !isNode(node, 'convInputGradient')) return false;
  const { attributes } = node;
  const [x, kernel] = node.inputs;
  if (x === undefined || kernel === undefined || x.rank > 4 || x.dtype !== 'float32') return false;
  const isStrided = !isForward && attributes.strides.some((stride) => stride !== 1);
  if (isStrided && x.rank === 3) return false;
  if (attributes.groups !== 1) return isBlockedDepthwise(target, kernel.knownShape, attributes);
  const [filters, channels] = [kernel.knownShape[0] ?? 0, kernel.knownShape[1] ?? 0];
  if (isStrided) return filters % target.blockedChannels === 0 && channels % target.blockedChannels === 0;
  return isBlockedDense(target, isForward ? [filters, channels] : [channels, filters], attributes);
}

/** Whether the last operator of a convolution in blocks can also add a value, and apply relu. */
export function takesEpilogue(node: Node, target: Target): boolean {
  if (target.blockedChannels === 0 || !writesInBlocks(node, target)) return false;
  return !isNode(node, 'convInputGradient') || node.attributes.strides.every((stride) => stride === 1);
}
