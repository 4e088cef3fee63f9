import type { Command } from 'commander';
import type { Shape } from '../../core/shape.ts';
import type { Layer } from '../../keras/layers/index.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { reading } from '../common/failure.ts';
import { integer } from '../common/options.ts';
import { readModel } from '../common/read-model.ts';

interface SummaryOptions extends ModelOptions {
  readonly expandNested?: boolean;
  readonly showTrainable?: boolean;
  readonly lineLength?: number;
}

export function addSummary(program: Command, session: Session): void {
  const command = addCommand(program, 'summary', 'Print the layers of a model with shapes and parameter counts.', [
    'evenkeel summary digits.keras',
    'evenkeel summary resnet.h5 --expand-nested --show-trainable',
  ]);
  addModelOptions(command.argument('<model>', MODEL))
    .option('--expand-nested', 'show the layers of nested models')
    .option('--show-trainable', 'show whether each layer is trainable')
    .option('--line-length <columns>', 'the maximum line length in characters', integer(1))
    .action(async (file: string, options: SummaryOptions) => {
      const model = await readModel(file, options, { ifUnknown: () => undefined });
      const { expandNested, showTrainable, lineLength } = options;
      const texts: string[] = [];
      const printFn = (text: string): unknown => texts.push(text);
      const width = lineLength === undefined ? {} : { lineLength };
      if (options.json !== true) await reading(() => model.summary({ expandNested, showTrainable, printFn, ...width }));
      session.report(
        options.json,
        () => describe(model),
        () => texts.join('\n'),
      );
    });
}

function describe(model: AnyModel): unknown {
  return {
    name: model.name,
    class: model.className,
    layers: model.layers.map(describeLayer),
    parameters: {
      trainable: countOf(model.trainableWeights),
      nonTrainable: countOf(model.nonTrainableWeights),
      optimizer: model.compiled && model.optimizer.built ? countOf(model.optimizer.variables) : 0,
    },
  };
}

function describeLayer(layer: Layer): unknown {
  const outputs: readonly Shape[] = (layer.inboundNodes.at(-1)?.outputs ?? []).map(({ shape }) => shape);
  const inner = 'layers' in layer ? { layers: (layer.layers as readonly Layer[]).map(describeLayer) } : {};
  return {
    name: layer.name,
    class: layer.className,
    outputShapes: outputs,
    parameters: countOf(layer.weights),
    trainable: layer.trainable,
    ...inner,
  };
}

function countOf(variables: readonly { readonly size: number }[]): number {
  return variables.reduce((sum, { size }) => sum + size, 0);
}
