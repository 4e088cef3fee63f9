import type { Model } from 'evenkeel';

/** ResNet-20 for CIFAR; `shape` is [32, 32, 3] and `classes` 10 by default. */
export declare function resnet20(options?: { readonly shape?: readonly number[]; readonly classes?: number }): Model;
