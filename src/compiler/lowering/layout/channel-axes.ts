import type { Node, Value } from '../../ir/value.ts';
import { isNode } from '../../ir/value.ts';
import { isElementwise } from '../../ir/primitives.ts';
import { sameShape } from '../../../core/shape.ts';
import type { Users } from '../../graph/users.ts';

/** Whether a value can have the blocked layout, as far as its type tells. */
export function isBlockable(value: Value | undefined): value is Value {
  return value !== undefined && value.dtype === 'float32' && value.rank >= 3 && !value.shape.includes(0);
}

/**
 * The channel axis of each value that has one: 1 where convolutions and poolings read or write it, and the axis that is
 * kept where statistics or per-channel coefficients tell. Nodes that work in any layout carry it on to their neighbors.
 *
 * @param known the channel axes that are certain
 */
export function findChannelAxes(
  nodes: readonly Node[],
  users: Users,
  known: ReadonlyMap<Value, number> = new Map(),
): ReadonlyMap<Value, number> {
  const axes = new Map<Value, number>();
  const queue: Value[] = [];
  const assign = (value: Value | undefined, axis: number): void => {
    const isChannelAxis = isBlockable(value) && (axis === 1 || axis === value.rank - 1);
    if (!isChannelAxis || axes.has(value)) return;
    axes.set(value, axis);
    queue.push(value);
  };
  for (const [value, axis] of known) assign(value, axis);
  for (const node of nodes) for (const [value, axis] of seeds(node)) assign(value, axis);
  for (const value of queue) {
    const axis = axes.get(value) ?? 1;
    for (const node of [value.node, ...users.of(value.node)]) {
      for (const [other, its] of neighbors(node, value, axis)) assign(other, its);
    }
  }
  return axes;
}

/** The values of a node whose channel axis it determines. */
function seeds(node: Node): readonly (readonly [Value | undefined, number])[] {
  const [x] = node.inputs;
  const [y] = node.outputs;
  if (isNode(node, 'conv') || isNode(node, 'maxPool') || isNode(node, 'averagePool'))
    return [
      [x, 1],
      [y, 1],
    ];
  if (isNode(node, 'convInputGradient') || isNode(node, 'averagePoolGradient'))
    return [
      [x, 1],
      [y, 1],
    ];
  if (isNode(node, 'convKernelGradient')) return node.inputs.map((value) => [value, 1]);
  if (isNode(node, 'maxPoolGradient')) return [...node.inputs, y].map((value) => [value, 1]);
  if (isNode(node, 'moments')) return [[x, keptAxis(x, node.attributes.axes)]];
  if (isNode(node, 'normalize')) return [[x, variedAxis(node.inputs.slice(1))]];
  return [];
}

/** The only axis other than the first that a reduction keeps; −1 if there are several. */
export function keptAxis(x: Value | undefined, axes: readonly number[]): number {
  const kept = (x?.shape ?? []).flatMap((_, axis) => (axis === 0 || axes.includes(axis) ? [] : [axis]));
  return kept.length === 1 ? (kept[0] ?? -1) : -1;
}

/** The only axis other than the first on which coefficients vary; −1 if there is none or several. */
function variedAxis(coefficients: readonly Value[]): number {
  const axes = new Set(
    coefficients.flatMap(({ shape }) => shape.flatMap((size, axis) => (size === 1 || axis === 0 ? [] : [axis]))),
  );
  const [axis] = axes;
  return axes.size === 1 ? (axis ?? -1) : -1;
}

/** The other values of a node that works in any layout, with the channel axes that follow from that of one of its values. */
function neighbors(node: Node, value: Value, axis: number): readonly (readonly [Value | undefined, number])[] {
  const values = [...node.inputs, ...node.outputs];
  if (isNode(node, 'transpose')) {
    const { permutation } = node.attributes;
    return value === node.outputs[0]
      ? [[node.inputs[0], permutation[axis] ?? -1]]
      : [[node.outputs[0], permutation.indexOf(axis)]];
  }
  if (isNode(node, 'pad') || isNode(node, 'slice') || isNode(node, 'concatenate')) {
    return values.filter((other) => other.rank === value.rank).map((other) => [other, axis]);
  }
  if (!isElementwise(node.primitive) && !isNode(node, 'normalize') && !isNode(node, 'standardize')) return [];
  return values.filter((other) => sameShape(other.shape, value.shape)).map((other) => [other, axis]);
}
