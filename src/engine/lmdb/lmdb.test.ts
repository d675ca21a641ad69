import {
  createRealHarness,
  describeEngine,
  describeEngineModel,
  type FactoryOn,
} from '../contract/index.ts'
import { createLmdb } from '../index.ts'
import { SMALL } from './testing/index.ts'

const usual: FactoryOn = (parts) => createLmdb(parts)
const small: FactoryOn = (parts) => createLmdb({ ...parts, limits: SMALL })

describeEngine('lmdb', async () => createRealHarness(usual))
describeEngine('lmdb with small limits', async () => createRealHarness(small))
describeEngineModel('lmdb', async () => createRealHarness(small), { runs: 15 })
