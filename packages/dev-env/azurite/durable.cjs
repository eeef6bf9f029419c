// Azurite writes its index of blobs to disk every five seconds only, so that a kill makes it forget blobs and blocks that
// it has acknowledged, which Azure never does. Loaded into it with `node --require`, this makes it write before it acknowledges.
const Module = require('node:module');

/** Blocks that wait for their commit are among them: an upload in pieces counts them as arrived, and is hours from its end. */
const changes = ['stageBlock', 'commitBlockList', 'createBlob', 'createContainer', 'deleteBlob', 'deleteContainer'];
const patched = new WeakSet();
/** The index of extents, the files that hold the bytes: a blob is found through it. */
const extents = new Set();

const load = Module._load;
Module._load = function loadDurably(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  const store = loaded?.default?.prototype;
  if (store === undefined || patched.has(store)) return loaded;
  if (request.endsWith('/LokiExtentMetadataStore')) {
    patched.add(store);
    wrap(store, 'init', (db) => extents.add(db));
  } else if (request.endsWith('/LokiBlobMetadataStore')) {
    patched.add(store);
    for (const change of changes) wrap(store, change, (db) => save([...extents, db]));
  }
  return loaded;
};

function wrap(store, name, after) {
  const original = store[name];
  if (original === undefined)
    throw new Error(`This version of Azurite has no ${name}: durable.cjs must be adapted to it`);
  store[name] = async function durable(...args) {
    const result = await original.apply(this, args);
    await after(this.db);
    return result;
  };
}

/** One after the other: an index of blobs must not be newer than what it refers to. Saves at the same time are joined. */
async function save(databases) {
  for (const db of databases) {
    await new Promise((resolve, reject) => db.saveDatabase((error) => (error ? reject(error) : resolve())));
  }
}
