import { type Node, isNode } from '../../ir/value.ts';

/** Whether a convolution reads an operand in blocks, as `rules/convolution.ts` lowers it. */
export function readsInBlocks(node: Node, operand: number, block: number): boolean {
  if (isNode(node, 'convKernelGradient')) {
    const [x, dy] = node.inputs;
    const { groups } = node.attributes;
    if (x?.rank === 3) return groups === 1 && (x.shape[1] ?? 0) % block === 0 && (dy?.shape[1] ?? 0) % block === 0;
    return x?.rank === 4 && (groups === 1 || isDepthwise(groups, x.shape[1], dy?.shape[1]));
  }
  return operand === 0 && writesInBlocks(node, block) && (node.inputs[0]?.shape[1] ?? 0) % block === 0;
}

/** Whether the result of a convolution is in blocks. */
export function writesInBlocks(node: Node, block: number): boolean {
  const isForward = isNode(node, 'conv');
  if (!isForward && !isNode(node, 'convInputGradient')) return false;
  const { groups, strides } = node.attributes;
  const [x, kernel] = node.inputs;
  if (x === undefined || x.rank > 4 || x.dtype !== 'float32') return false;
  const [filters, channels] = [kernel?.shape[0] ?? 0, kernel?.shape[1] ?? 0];
  if (x.rank === 3 && (groups !== 1 || (!isForward && strides[0] !== 1))) return false;
  if (groups !== 1) return isDepthwise(groups, filters, channels * groups) && groups % block === 0;
  const isStrided = !isForward && strides.some((stride) => stride !== 1);
  if (isStrided) return filters % block === 0 && channels % block === 0;
  const [read, written] = isForward ? [channels, filters] : [filters, channels];
  return written % block === 0 && (read < block || read % block === 0);
}

/** Whether the last operator of a convolution in blocks can also add a value, and apply relu. */
export function takesEpilogue(node: Node, block: number): boolean {
  if (!writesInBlocks(node, block)) return false;
  return !isNode(node, 'convInputGradient') || node.attributes.strides.every((stride) => stride === 1);
}

/** Whether each channel is a group of one filter. */
function isDepthwise(groups: number, ...channels: readonly (number | null | undefined)[]): boolean {
  return channels.every((count) => count === groups);
}
