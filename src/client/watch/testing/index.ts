/** testing: nodes that serve watches of a model, and a client of theirs, in a simulated world. */
export type { ModelCalls } from './model-link.ts'
export { ModelNode } from './model-node.ts'
export { type ModelChange, ModelStore } from './model-store.ts'
export { read, Scene, type SceneOptions } from './scene.ts'
