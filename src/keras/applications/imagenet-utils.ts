export { decodePredictions, type DecodePredictionsOptions, type ImagenetPrediction } from './decode-predictions.ts';
export { preprocessInput, type PreprocessInputOptions, type PreprocessingMode } from './preprocess-input.ts';
