/** Bytes of a member that does not run become others on its disk, as if they had rotted. */

import assert from 'node:assert/strict'
import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import { createNodeDisk } from '../../src/io/index.ts'
import { type InspectedRecord, inspectLog } from '../../src/log/index.ts'

const RECORDS = 3
const BYTES_OF_ENGINE = 6
/** Else in any of its files. */
const VALUES_SHARE = 0.7

/** `chance`: from 0 up to but without 1. Says where. */
export async function rot(dataDirectory: string, chance: () => number): Promise<string[]> {
  const below = (count: number): number => Math.floor(chance() * count)
  const places: string[] = []
  const directory = path.join(dataDirectory, 'log')
  const records = await durableRecords(directory)
  for (let left = Math.min(RECORDS, records.length); left > 0; left--) {
    const { file, offset, bytes } = records[below(records.length)] as InspectedRecord
    places.push(flip(file, offset + below(bytes)))
  }
  const { damages } = await inspectLog({ disk: createNodeDisk(), directory })
  assert.ok(damages.length > 0, 'there is something to repair')
  const all = engineFiles(dataDirectory)
  const data = all.filter(({ file }) => file.endsWith('.data'))
  for (let left = BYTES_OF_ENGINE; left > 0; left--) {
    const files = data.length > 0 && chance() < VALUES_SHARE ? data : all
    const { file, size } = files[below(files.length)] as EngineFile
    places.push(flip(file, below(size)))
  }
  return places
}

/** The newest batch is not among them: nothing after it shows that it was durable. */
async function durableRecords(directory: string): Promise<InspectedRecord[]> {
  const records: InspectedRecord[] = []
  const disk = createNodeDisk()
  await inspectLog({ disk, directory, onRecord: (record) => records.push(record) })
  const newest = records.at(-1)?.batch ?? 0
  return records.filter(({ batch }) => batch < newest)
}

interface EngineFile {
  readonly file: string
  readonly size: number
}

/** At least its manifest. */
function engineFiles(dataDirectory: string): EngineFile[] {
  return readdirSync(dataDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath).startsWith('group-'))
    .map(({ name, parentPath }) => path.join(parentPath, name))
    .map((file) => ({ file, size: statSync(file).size }))
    .filter(({ size }) => size > 0)
}

/** One bit. */
function flip(file: string, at: number): string {
  const open = openSync(file, 'r+')
  try {
    const byte = Buffer.alloc(1)
    readSync(open, byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ 0x10
    writeSync(open, byte, 0, 1, at)
  } finally {
    closeSync(open)
  }
  return `${path.basename(file)} at ${at}`
}
