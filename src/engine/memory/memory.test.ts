import {
  createSimulatedHarness,
  describeEngine,
  describeEngineCrashes,
  describeEngineFaults,
  describeEngineModel,
  type FactoryOn,
} from '../contract/index.ts'
import { createMemory } from '../index.ts'

/** So small that every test goes through many pieces of everything. */
const SMALL = { arenaChunkBytes: 4096, indexPageRecords: 16, partBytes: 2048, sliceRecords: 32 }

const usual: FactoryOn = (parts) => createMemory(parts)
const small: FactoryOn = (parts) => createMemory({ ...parts, limits: SMALL })

describeEngine('the memory engine', async () => createSimulatedHarness(usual))
describeEngine('the memory engine with small limits', async () => createSimulatedHarness(small))
describeEngineModel('the memory engine', async () => createSimulatedHarness(small))
describeEngineCrashes('the memory engine', small)
describeEngineFaults('the memory engine', small)
