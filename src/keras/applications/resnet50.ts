export { ResNet50, decodePredictions, preprocessInput } from './resnet.ts';
