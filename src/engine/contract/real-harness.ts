import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createNodeClock, createNodeDisk } from '../../io/index.ts'
import type { EngineHarness, FactoryOn } from './harness.ts'

/** On the disk of this machine. */
export function createRealHarness(createOn: FactoryOn): EngineHarness {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-engine-'))
  const clock = createNodeClock()
  const disk = createNodeDisk()
  // One factory, as in a node: it holds the lock of the directory.
  const factory = createOn({ disk, clock, directory: path.join(directory, 'engine') })
  return {
    run: (body) => body(),
    clock,
    factory: () => factory,
    crash: null,
    close: async () => fs.rmSync(directory, { recursive: true }),
  }
}
