import { Input, Sequential } from 'evenkeel';
import { Activation, BatchNormalization, Dense } from 'evenkeel/layers';

/** A network for two classes of points in the plane. */
export function makeModel(): Sequential {
  const model = new Sequential([
    Input({ shape: [2] }),
    new Dense(32),
    new BatchNormalization(),
    new Activation('relu'),
    new Dense(32),
    new BatchNormalization(),
    new Activation('relu'),
    new Dense(1, { activation: 'sigmoid' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'binary_crossentropy', metrics: ['accuracy'] });
  return model;
}
