/** The script of the engine's worker, for bundlers that do not find it in the package. */
import 'evenkeel/engine-worker';
