/**
 * engine/contract: what every engine must do, as tests. Each sentence of `src/engine/types.ts` has
 * a test here, a random walk compares an engine with a model, and where the harness has a simulated
 * disk a crash at every operation of the disk shows what comes back.
 * For tests only: nothing in production imports this folder.
 */
export { contentOf, inPieces, opened, revisionsOf, sameContent } from './content.ts'
export { describeEngineCrashes } from './crashes.ts'
export { describeEngine } from './describe.ts'
export { describeEngineFaults } from './faults.ts'
export {
  type Crash,
  createSimulatedHarness,
  type EngineHarness,
  type FactoryOn,
} from './harness.ts'
export { describeEngineModel } from './model.ts'
export { createRealHarness } from './real-harness.ts'
export { put, type TestRecord, tombstone, turns } from './records.ts'
