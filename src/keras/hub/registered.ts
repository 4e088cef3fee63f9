import { Layer } from '../layers/base/layer.ts';
import { snakeCase } from '../../core/names.ts';
import * as exported from './layers.ts';
import { registerHubObject } from './register.ts';

const isClass = (object: (typeof exported)[keyof typeof exported]): boolean => object.prototype instanceof Layer;

for (const [name, object] of Object.entries(exported))
  registerHubObject(object, isClass(object) ? name : snakeCase(name));

export * from './layers.ts';
