import type { Disk, DiskFile } from '../../../src/io/index.ts'
import {
  type DiskFaultKind,
  type DiskFaultPlace,
  type Life,
  SimulatedDisk,
  type SimulatedDiskOptions,
  World,
} from '../index.ts'

/** For the tests of the disk: a machine, and tools to write whole files in one line. */

export const DIRECTORY = '/data'
export const PATH = '/data/file'

export class Machine {
  readonly world: World
  readonly disk: SimulatedDisk
  readonly faults: { kind: DiskFaultKind; place: DiskFaultPlace }[] = []
  life: Life
  io: Disk

  constructor(options: Partial<SimulatedDiskOptions> & { seed?: number } = {}) {
    this.world = options.world ?? new World({ seed: options.seed ?? 1 })
    this.disk = new SimulatedDisk({
      name: 'n1',
      onFault: (kind, place) => this.faults.push({ kind, place }),
      ...options,
      world: this.world,
    })
    this.life = this.world.createLife('n1')
    this.io = this.disk.diskFor(this.life)
  }

  run<T>(body: () => Promise<T>): Promise<T> {
    return this.world.perform(body)
  }

  restart(end: 'killed' | 'powerLost'): void {
    this.life.end(end)
    if (end === 'powerLost') this.disk.failPower()
    this.life = this.world.createLife('n1')
    this.io = this.disk.diskFor(this.life)
  }

  kinds(): Set<DiskFaultKind> {
    return new Set(this.faults.map(({ kind }) => kind))
  }

  /** The directory, and in it one file with these bytes, all of it durable. */
  async makeDurable(bytes: Uint8Array, path = PATH): Promise<DiskFile> {
    await this.io.makeDirectory(DIRECTORY)
    const file = await this.io.open(path, { mode: 'create' })
    await write(file, bytes)
    await file.sync()
    await this.io.syncDirectory(DIRECTORY)
    return file
  }
}

export function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value)
}

export async function write(file: DiskFile, bytes: Uint8Array, position = 0): Promise<void> {
  await file.write(bytes, 0, bytes.length, position)
}

export async function readAll(file: DiskFile): Promise<Uint8Array> {
  const target = new Uint8Array(await file.size())
  await file.read(target, 0, target.length, 0)
  return target
}

export function isIo(error: unknown): boolean {
  return (error as { code?: string }).code === 'io'
}
