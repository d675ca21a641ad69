/** testing: a client in a simulated world, among nodes that do what a test says. */
export { play, Scene, type SceneOptions } from './scene.ts'
export { PORT, type Script, ScriptedNode, type Verdict } from './scripted-node.ts'
export { ScriptedStore, UNANSWERED_MAX } from './scripted-store.ts'
