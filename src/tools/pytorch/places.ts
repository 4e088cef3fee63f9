import { Tensor } from '../../core/tensor.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { PReLU } from '../../keras/layers/activations/prelu.ts';
import { BaseConvTranspose } from '../../keras/layers/convolutional/base-conv-transpose.ts';
import { BaseConv } from '../../keras/layers/convolutional/base-conv.ts';
import { BaseDepthwiseConv } from '../../keras/layers/convolutional/base-depthwise-conv.ts';
import { BaseSeparableConv } from '../../keras/layers/convolutional/base-separable-conv.ts';
import { Dense } from '../../keras/layers/core/dense.ts';
import { Embedding } from '../../keras/layers/core/embedding.ts';
import type { Layer } from '../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../keras/layers/normalization/batch-normalization.ts';
import { GroupNormalization } from '../../keras/layers/normalization/group-normalization.ts';
import { LayerNormalization } from '../../keras/layers/normalization/layer-normalization.ts';
import { RMSNormalization } from '../../keras/layers/normalization/rms-normalization.ts';
import { WeightWrapper } from '../../keras/layers/normalization/weight-wrapper.ts';
import { permute } from './state/arrays.ts';
import type { PyTorchModule } from './state/modules.ts';
import { Model } from '../../keras/models/model.ts';
import {
  type Assignment,
  type Fit,
  type KernelLayout,
  ModuleReader,
  convLayout,
  denseLayout,
  depthwiseLayout,
  fitOf,
  parameter,
  unfit,
} from './conversions.ts';
import type { LayerFlow } from './flow.ts';
import { type KernelPlace, convertKernel } from './kernels.ts';

/** The target of a PyTorch module: a layer, or the part of a layer that is a separate module in PyTorch. */
export interface Place {
  readonly layer: Layer;
  /** The index among the layer's modules: 0, except for the pointwise part of a separable convolution. */
  readonly part: number;
  /** The PyTorch equivalent with its size, for messages: `Linear [10, 64]`. */
  readonly expects: string;
  /** Converts a module. */
  fit(module: PyTorchModule): Fit;
}

/** The settings of conversions. */
export interface PlaceOptions {
  readonly who: string;
  /** The number of elements per variance, to undo PyTorch's correction; null to keep it. */
  readonly sampleCount: number | null;
}

const NO_FLOW: LayerFlow = { form: null, inputOrder: null, outputOrder: null, predecessors: new Set(), nearest: [] };

/** Returns the slots of a model, in the order of its layers. */
export function placesOf(model: Layer, flows: ReadonlyMap<Layer, LayerFlow>, options: PlaceOptions): readonly Place[] {
  const seen = new Set<Layer>();
  const places: Place[] = [];
  const visit = (layer: Layer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const flow = flows.get(layer) ?? NO_FLOW;
    const isLeaf = layer instanceof WeightWrapper || layer.sublayers.length === 0;
    if (isLeaf ? layer.weights.length > 0 : layer.ownWeights.length > 0) places.push(...placesIn(layer, flow, options));
    if (isLeaf) return;
    // The model's own layers first, in its order.
    if (layer instanceof Model) layer.layers.forEach(visit);
    layer.sublayers.forEach(visit);
  };
  visit(model);
  return places;
}

function placesIn(layer: Layer, flow: LayerFlow, options: PlaceOptions): readonly Place[] {
  const { who } = options;
  const place = (expects: string, read: (reader: ModuleReader) => Result, part = 0): Place => ({
    layer,
    part,
    expects,
    fit: (module) =>
      fitOf(() => {
        const reader = new ModuleReader(module, who);
        const { values, notes = [] } = read(reader);
        reader.finish();
        return { values, notes };
      }),
  });
  const kernel = (expects: string, kernelPlace: KernelPlace, part = 0): Place =>
    place(expects, (reader) => convertKernel(kernelPlace, reader), part);
  if (layer instanceof BaseSeparableConv) {
    const { depthwiseKernel, pointwiseKernel, rank } = layer;
    const bias = layer.ownWeights.find(({ name }) => name === 'bias') ?? null;
    const depthwise = depthwiseLayout(depthwiseKernel.shape.at(-2) ?? 1);
    const first = { kernel: depthwiseKernel, bias: null, layout: depthwise, outputAxis: 0, outputOrder: null };
    const second = { kernel: pointwiseKernel, bias, layout: convLayout, outputAxis: 0, outputOrder: null };
    return [
      kernel(sizedName(`depthwise Conv${rank}d`, depthwiseKernel), { ...first, wrapper: null }),
      kernel(sizedName(`Conv${rank}d`, pointwiseKernel), { ...second, wrapper: null }, 1),
    ];
  }
  const inner = layer instanceof WeightWrapper ? layer.layer : layer;
  const found = kernelOf(inner, flow);
  if (found !== null) {
    const wrapper = layer instanceof WeightWrapper ? layer : null;
    return [kernel(sizedName(found.name, found.kernel), { ...found, wrapper })];
  }
  return [place(nameOf(layer), (reader) => convertParameters(layer, flow, options, reader))];
}

interface Result {
  readonly values: readonly Assignment[];
  readonly notes?: readonly string[];
}

const sizedName = (name: string, { shape }: Variable): string => `${name} with a kernel of [${shape.join(', ')}] here`;

interface KernelDetails extends Omit<KernelPlace, 'wrapper'> {
  readonly name: string;
}

/** Returns the kernel of a layer with its layout in PyTorch. */
function kernelOf(layer: Layer, { inputOrder, outputOrder }: LayerFlow): KernelDetails | null {
  const bias = layer.ownWeights.find(({ name }) => name === 'bias') ?? null;
  const make = (name: string, kernel: Variable, layout: KernelLayout, outputAxis = 0): KernelDetails => ({
    ...{ name, kernel, bias, layout, outputAxis },
    outputOrder: layer instanceof Dense ? outputOrder : null,
  });
  if (layer instanceof Dense) return make('Linear', layer.kernel, denseLayout(inputOrder, outputOrder));
  if (layer instanceof Embedding) return make('Embedding', layer.embeddings, (weight) => weight);
  if (layer instanceof BaseConvTranspose) return make(`ConvTranspose${layer.rank}d`, layer.kernel, convLayout, 1);
  if (layer instanceof BaseConv) return make(`Conv${layer.rank}d`, layer.kernel, convLayout);
  if (!(layer instanceof BaseDepthwiseConv)) return null;
  return make(`depthwise Conv${layer.rank}d`, layer.kernel, depthwiseLayout(layer.kernel.shape.at(-2) ?? 1));
}

/** PyTorch's names for the parameters of normalization layers. */
const PARAMETERS: Readonly<Record<string, string>> = {
  gamma: 'weight',
  scale: 'weight',
  alpha: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** The Keras classes whose parameters correspond to one module. */
const NAMES = [
  [BatchNormalization, 'BatchNorm'],
  [GroupNormalization, 'GroupNorm or InstanceNorm'],
  [LayerNormalization, 'LayerNorm'],
  [RMSNormalization, 'RMSNorm'],
  [PReLU, 'PReLU'],
] as const;

function nameOf(layer: Layer): string {
  const [, name] = NAMES.find(([kind]) => layer instanceof kind) ?? [];
  const weights = layer.ownWeights.map(({ name: own, shape }) => `${own} [${shape.join(', ')}]`).join(', ');
  return name === undefined ? `a module with ${weights}` : `${name}, here with ${weights}`;
}

/** Converts the parameters of a module by name; those of a custom class under its own names. */
function convertParameters(layer: Layer, flow: LayerFlow, options: PlaceOptions, reader: ModuleReader): Result {
  const isKnown = NAMES.some(([kind]) => layer instanceof kind);
  const isNorm = isKnown && !(layer instanceof PReLU);
  const notes: string[] = [];
  const values = layer.ownWeights.map((variable): Assignment => {
    const name = isKnown ? PARAMETERS[variable.name] : variable.name;
    if (name === undefined) return unfit(`has nothing for ${variable.name}, which PyTorch's modules lack`);
    let tensor = reader.get(name);
    if (layer instanceof PReLU) tensor = slopes(tensor, variable);
    if (isNorm && tensor.rank > 1 && flow.form === 'channels_last') tensor = moveChannels(tensor);
    if (name === 'running_var' && options.sampleCount !== null) tensor = withoutCorrection(tensor, options.sampleCount);
    return parameter(variable, tensor, name, isNorm ? flow.inputOrder : null);
  });
  return { values, notes };
}

/** Converts the parameters of a whole feature map, `[channels, …spatial]`, to channels last. */
function moveChannels(tensor: Tensor): Tensor {
  return permute(tensor, [...tensor.shape.slice(1).map((_, i) => i + 1), 0]);
}

/** Converts PReLU's slopes: one, or one per channel. */
function slopes(tensor: Tensor, variable: Variable): Tensor {
  const isOnePerChannel = variable.shape.filter((size) => size !== 1).length <= 1 && tensor.size === variable.size;
  return isOnePerChannel ? new Tensor(tensor.data, variable.shape, tensor.dtype) : tensor;
}

/** Converts PyTorch's running variance, which is N/(N − 1) times Keras's. */
function withoutCorrection(tensor: Tensor, count: number): Tensor {
  return new Tensor(
    tensor.data.map((value) => (value * (count - 1)) / count),
    tensor.shape,
    tensor.dtype,
  );
}
