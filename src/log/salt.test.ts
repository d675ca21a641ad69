import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { type LogOptions, truncateLog } from './index.ts'
import { readDirectory } from './segment-chain.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { DENSE, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { entries } from './testing/steps.ts'

async function saltsOf(disk: MemoryDisk): Promise<(number | undefined)[]> {
  const { segments } = await readDirectory(disk, SMALL_DIRECTORY)
  return segments.map(({ header }) => header?.salt)
}

it('the salt of every segment is drawn, also of one that a truncation begins', async () => {
  const log = new SmallLog(new MemoryDisk())
  const { clock } = log
  const drawn: number[] = []
  const recorded = (seed: number): SeededChance => {
    const chance = new SeededChance(seed)
    const draw = chance.uint32.bind(chance)
    chance.uint32 = () => {
      drawn.push(draw())
      return drawn.at(-1) as number
    }
    return chance
  }
  await log.open({ chance: recorded(1) })
  for (let i = 1; i <= 6; i++) await log.batch([entries(1, i, { bytes: 3000 })])
  await log.log?.close()
  const groups = new Map([[1, 4]])
  const giving = { groups, from: null, isAlone: true, clock, chance: recorded(2) }
  await truncateLog({ disk: log.disk, directory: SMALL_DIRECTORY, ...giving })
  const salts = await saltsOf(log.disk)
  assert.ok(salts.length > 3)
  assert.deepEqual(salts, drawn.slice(-salts.length))
  assert.equal(new Set(salts).size, salts.length)
})

it('nobody opens a log without saying where its salts come from', () => {
  const { disk, clock } = new SmallLog()
  const identity = { clusterId: 5, nodeId: 1 }
  const rest = { directory: SMALL_DIRECTORY, limits: DENSE, repairable: false, onFatal: () => {} }
  // @ts-expect-error: with a salt that can be foreseen a client could send what passes for records.
  const options: LogOptions = { disk, clock, identity, ...rest }
  assert.equal(options.chance, undefined)
})
