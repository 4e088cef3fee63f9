import * as evenkeel from '../../src/index.ts';
import type { ClassSection } from './inventory.ts';

const inputs = evenkeel.Input({ shape: [2] });

/** An object of each class whose members are listed: fields are on objects alone. */
export const samples: Readonly<Record<ClassSection, object>> = {
  Layer: new evenkeel.layers.Identity(),
  Model: new evenkeel.Model({ inputs, outputs: new evenkeel.layers.Identity().apply(inputs) }),
  Sequential: new evenkeel.Sequential([evenkeel.Input({ shape: [2] }), new evenkeel.layers.Identity()]),
  Callback: new evenkeel.Callback(),
};

export const isClassSection = (section: string): section is ClassSection => Object.hasOwn(samples, section);

/** Whether an object of the class, or the class itself, has a member of this name. */
export function hasMember(section: ClassSection, name: string): boolean {
  const sample = samples[section];
  return name in sample || name in sample.constructor;
}

/** Arguments of members that are passed in another way: by the member and Keras's name. */
export const passedOtherwise: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Model.get_layer': { name: "`getLayer('name')`", index: '`getLayer({ index: 1 })`' },
  'Model.evaluate': { return_dict: 'the result is always a record' },
  'Model.train_on_batch': { return_dict: 'the result is always a record' },
  'Model.test_on_batch': { return_dict: 'the result is always a record' },
  'Model.compute_loss': { training: '`context.training`' },
};

const { quantized, stateless, files, program } = {
  quantized: 'layers are not quantized',
  stateless: 'calls are stateless: updates of state are outputs of a program',
  files: 'the file formats read and write weights and build_config',
  program:
    'a step is one compiled program: override `computeLoss` or `computeMetrics`, or write a loop with `valueAndGrad`',
};

const foreign = 'holds a module of another framework of Python';

/** The reasons for which a member, or a function of `keras.models`, is absent. */
export const absences: Readonly<Record<string, string>> = {
  'callbacks.OrbaxCheckpoint': 'Orbax is a package of Python',
  'layers.FlaxLayer': foreign,
  'layers.JaxLayer': foreign,
  'layers.TFSMLayer': foreign,
  'layers.TorchModuleWrapper': foreign,
  'Layer.add_loss': 'a call adds losses with `context.addLoss`',
  'Layer.add_metric': 'disabled in Keras 3',
  'Layer.add_variable': 'another name of `add_weight`',
  'Layer.build_from_config': files,
  'Layer.compute_output_spec': 'a call on a symbolic tensor returns shape and type',
  'Layer.get_build_config': files,
  'Layer.load_own_variables': files,
  'Layer.losses': 'losses belong to the trace of a step: `context.addLoss`',
  'Layer.metrics': 'metrics belong to models',
  'Layer.metrics_variables': 'metrics belong to models',
  'Layer.quantization_mode': quantized,
  'Layer.quantize': quantized,
  'Layer.quantized_build': quantized,
  'Layer.quantized_call': quantized,
  'Layer.rematerialized_call': 'the compiler chooses what the backward pass keeps',
  'Layer.save_own_variables': files,
  'Layer.stateless_call': stateless,
  'Layer.symbolic_call': '`apply` on a symbolic tensor',
  'Model.build_from_config': files,
  'Model.compiled_loss': 'deprecated in Keras 3; `computeLoss`',
  'Model.compiled_metrics': 'deprecated in Keras 3; `computeMetrics`',
  'Model.distribute_reduction_method': 'there is one device',
  'Model.distribute_strategy': 'there is one device',
  'Model.get_quantization_layer_structure': quantized,
  'Model.get_state_tree': '`getWeights`, and files for the state of the optimizer',
  'Model.jit_compile': 'every step is one compiled program',
  'Model.loss': 'deprecated in Keras 3; `computeLoss`',
  'Model.make_predict_function': program,
  'Model.make_test_function': program,
  'Model.make_train_function': program,
  'Model.metrics_names': 'the keys of what `evaluate` returns',
  'Model.predict_step': program,
  'Model.quantize': quantized,
  'Model.run_eagerly': 'every step is one compiled program',
  'Model.set_state_tree': '`setWeights`, and files for the state of the optimizer',
  'Model.stateless_compute_loss': stateless,
  'Model.test_step': program,
  'Model.train_step': program,
  'models.save_model': '`model.save`',
};
