/** The writes of TensorFlow.js 4.22 to the storage of a page, step by step: its io/indexed_db.ts and io/local_storage.ts. */

/** A model as `model.save` passes it to a handler, with the bytes of the weights in base64. */
export interface SavedModel {
  readonly modelTopology: object;
  readonly weightSpecs: readonly object[];
  readonly weightData: string;
  readonly [key: string]: unknown;
}

const bytesOf = (base64: string): ArrayBuffer =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;

const infoOf = ({ modelTopology, weightSpecs, weightData }: SavedModel): object => ({
  dateSaved: new Date(),
  modelTopologyType: 'JSON',
  modelTopologyBytes: JSON.stringify(modelTopology).length,
  weightSpecsBytes: JSON.stringify(weightSpecs).length,
  weightDataBytes: bytesOf(weightData).byteLength,
});

/** The database that `model.save('indexeddb://…')` makes. */
export function saveToIndexedDb(modelPath: string, model: SavedModel): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('tensorflowjs', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('models_store', { keyPath: 'modelPath' });
      request.result.createObjectStore('model_info_store', { keyPath: 'modelPath' });
    };
    request.onerror = () => {
      reject(request.error!);
    };
    request.onsuccess = () => {
      const transaction = request.result.transaction(['models_store', 'model_info_store'], 'readwrite');
      const modelArtifactsInfo = infoOf(model);
      const modelArtifacts = { ...model, weightData: bytesOf(model.weightData) };
      transaction.objectStore('model_info_store').put({ modelPath, modelArtifactsInfo });
      transaction.objectStore('models_store').put({ modelPath, modelArtifacts, modelArtifactsInfo });
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
      transaction.onerror = () => {
        reject(transaction.error!);
      };
    };
  });
}

interface PageStorage {
  setItem(key: string, value: string): void;
}

/** The entries that `model.save('localstorage://…')` makes. */
export function saveToLocalStorage(modelPath: string, model: SavedModel): void {
  const { localStorage } = globalThis as unknown as { readonly localStorage: PageStorage };
  const { modelTopology, weightSpecs, weightData, ...metadata } = model;
  const entries = {
    info: JSON.stringify(infoOf(model)),
    model_topology: JSON.stringify(modelTopology),
    weight_specs: JSON.stringify(weightSpecs),
    weight_data: weightData,
    model_metadata: JSON.stringify(metadata),
  };
  for (const [part, value] of Object.entries(entries)) {
    localStorage.setItem(`tensorflowjs_models/${modelPath}/${part}`, value);
  }
}
