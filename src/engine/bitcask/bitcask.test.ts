import {
  createRealHarness,
  createSimulatedHarness,
  describeEngine,
  describeEngineCrashes,
  describeEngineFaults,
  describeEngineModel,
  type FactoryOn,
} from '../contract/index.ts'
import { createBitcask } from '../index.ts'
import { SMALL } from './testing/index.ts'

const usual: FactoryOn = (parts) => createBitcask(parts)
const small: FactoryOn = (parts) => createBitcask({ ...parts, limits: SMALL })

/** A real disk takes its time for every file. */
const LARGER = { fileBytes: 256 * 1024, chunkBytes: 16 * 1024, pieceBytes: 32 * 1024 }
const large: FactoryOn = (parts) => createBitcask({ ...parts, limits: { ...SMALL, ...LARGER } })

describeEngine('bitcask', async () => createSimulatedHarness(usual))
describeEngine('bitcask with small limits', async () => createSimulatedHarness(small))
describeEngine('bitcask on a real disk', async () => createRealHarness(large))
describeEngineModel('bitcask', async () => createSimulatedHarness(small))
describeEngineCrashes('bitcask', small)
describeEngineFaults('bitcask', small)
