import { Tensor, loadModel } from 'evenkeel';

// npm run predict -- 0.5 0.25
const [x = 0, y = 1] = process.argv.slice(2).map(Number);
const model = await loadModel('model.keras');
const result = await model.predict([[x, y]], { verbose: 0 });
// A model with several outputs returns a list or a record.
if (result instanceof Tensor) {
  console.log(`[${x}, ${y}] belongs to the second half circle with probability ${result.item().toFixed(3)}`);
}
