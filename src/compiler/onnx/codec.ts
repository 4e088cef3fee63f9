// To be imported on use: the library that reads and writes protobuf has many files.
export { decodeModel } from './decode.ts';
export { encodeModel } from './encode.ts';
