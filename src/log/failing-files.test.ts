import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KvError } from '../base/index.ts'
import type { DiskErrorCode } from '../io/index.ts'
import { segmentName } from './format.ts'
import { truncateLog } from './index.ts'
import { settle } from './testing/manual-clock.ts'
import type { MemoryDisk } from './testing/memory-disk.ts'
import { layoutOf, SMALL_DIRECTORY, SmallLog } from './testing/small-log.ts'
import { entries, hardState, hardStateOf } from './testing/steps.ts'

const PATH = `${SMALL_DIRECTORY}/${segmentName(1)}`

/** Its last batch is torn, its segment has an unused end, and two free files wait. */
async function tornLog(): Promise<SmallLog> {
  const log = new SmallLog()
  await log.open()
  await log.batch([hardState(1, hardStateOf(1)), entries(1, 1, { count: 2 })])
  await log.batch([entries(1, 3, { count: 2 })])
  const { records } = await layoutOf(log.disk)
  const bytes = log.disk.bytesOf(PATH)
  const at = (records.at(-1)?.offset ?? 0) + 72
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return log
}

/** Refuses the request with this number, and counts them all. */
function refuseOne(log: SmallLog, number: number, code: DiskErrorCode): { count: number } {
  const seen = { count: 0 }
  log.faulty.refusal = () => {
    seen.count += 1
    return seen.count === number ? code : null
  }
  return seen
}

function temporaries({ files }: MemoryDisk): string[] {
  return [...files.keys()].filter((name) => name.endsWith('.tmp'))
}

function isTyped(error: unknown): boolean {
  assert.ok(error instanceof KvError, String(error))
  return true
}

describe('whatever single operation fails', () => {
  it('while a log opens and tidies up, no file stays open', async () => {
    const torn = (await tornLog()).disk
    let made = Number.POSITIVE_INFINITY
    for (let number = 1; number <= made; number++) {
      for (const code of ['io', 'full'] as const) {
        const log = new SmallLog(torn.copy())
        const seen = refuseOne(log, number, code)
        let failure: unknown = null
        const options = { create: false, onFatal: (error: unknown) => (failure = error) }
        try {
          await log.open(options)
          await settle()
          log.faulty.refusal = () => null
          await log.log?.close()
        } catch (error) {
          failure = error
        }
        if (failure !== null) isTyped(failure)
        assert.deepEqual(log.faulty.openPaths, [], `${code} at operation ${number}`)
        if (seen.count < number) made = number - 1
      }
    }
    assert.ok(made > 30, `${made} operations`)
  })

  it('while a log is truncated, no file stays open', async () => {
    const torn = (await tornLog()).disk
    let made = Number.POSITIVE_INFINITY
    for (let number = 1; number <= made; number++) {
      const log = new SmallLog(torn.copy())
      const { faulty, clock, chance } = log
      const seen = refuseOne(log, number, 'io')
      const options = { disk: faulty, directory: SMALL_DIRECTORY, groups: new Map([[1, 1]]) }
      await truncateLog({ ...options, from: null, isAlone: true, clock, chance }).catch(isTyped)
      assert.deepEqual(faulty.openPaths, [], `operation ${number}`)
      if (seen.count < number) made = number - 1
    }
    assert.ok(made > 30, `${made} operations`)
  })
})

describe('a torn tail on a full disk', () => {
  it('is not kept, nothing is left of the attempt, and the node starts', async () => {
    const log = new SmallLog((await tornLog()).disk)
    log.faulty.refusal = ({ operation, path }) =>
      operation === 'write' && path.includes('/torn-') ? 'full' : null
    const opened = await log.open({ create: false })
    assert.equal(opened.report.verdict, 'tornTail')
    assert.deepEqual(temporaries(log.disk), [])
  })
})
