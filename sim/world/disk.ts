import { assert } from '../../src/base/index.ts'
import type { Disk } from '../../src/io/index.ts'
import {
  DISK_TIMING,
  type DiskFaultKind,
  type DiskFaults,
  type DiskOperation,
  type DiskTiming,
} from './disk-config.ts'
import { DiskEngine, type OperationMoment } from './disk-engine.ts'
import { type DiskFaultHooks, DiskFaultInjector, type PlannedFailure } from './disk-faults.ts'
import type { Inode } from './disk-inode.ts'
import { type Locks, ProcessDisk } from './disk-process.ts'
import { DiskStorage } from './disk-storage.ts'
import type { Life } from './life.ts'
import { TraceHash } from './trace-hash.ts'
import type { World } from './world.ts'

export interface SimulatedDiskOptions extends DiskFaultHooks {
  readonly world: World
  /** Names the disk's stream of chance. */
  readonly name: string
  readonly faults?: Partial<DiskFaults>
  readonly timing?: Partial<DiskTiming>
  /** Writes that make files longer than this, all together, fail with `full`. */
  readonly capacityBytes?: number
}

/** What a directory held on the medium at some time, relative to it. */
export interface DiskImage {
  readonly directories: readonly string[]
  readonly files: readonly { readonly name: string; readonly inode: Inode }[]
}

/** Which bytes: those on the medium, or those a process reads now. */
export type DiskView = 'durable' | 'current'

/**
 * The disk of one machine. It survives the lives of its node: each gets its own `Disk` from
 * `diskFor`. The end of a life leaves what it wrote in the page cache; only `failPower` decides
 * what of the unsynced is lost.
 */
export class SimulatedDisk {
  readonly name: string
  readonly #world: World
  readonly #injector: DiskFaultInjector
  readonly #storage: DiskStorage
  readonly #engine: DiskEngine
  readonly #locks: Locks = new Map()
  readonly #lives = new Set<Life>()

  constructor(options: SimulatedDiskOptions) {
    const { world, name, faults = {}, timing = {}, capacityBytes } = options
    this.name = name
    this.#world = world
    const chance = world.chance(`disk ${name}`)
    const diskNumber = chance.uint32()
    this.#injector = new DiskFaultInjector(chance, faults, options)
    this.#storage = new DiskStorage(this.#injector, capacityBytes ?? Number.POSITIVE_INFINITY)
    this.#engine = new DiskEngine(world, {
      injector: this.#injector,
      timing: { ...DISK_TIMING, ...timing },
      diskNumber,
    })
  }

  diskFor(life: Life): Disk {
    this.#lives.add(life)
    life.onEnd(() => {
      this.#lives.delete(life)
      this.#engine.interrupt(life)
    })
    return new ProcessDisk({
      storage: this.#storage,
      engine: this.#engine,
      locks: this.#locks,
      life,
    })
  }

  /** Counts all operations that ever started. */
  get operations(): number {
    return this.#engine.operations
  }

  /** Told of every operation; may end the life it belongs to, right there. */
  set onOperation(hook: ((moment: OperationMoment) => void) | null) {
    this.#engine.onOperation = hook
  }

  get faults(): DiskFaults {
    return this.#injector.faults
  }

  setFaults(faults: Partial<DiskFaults>): void {
    this.#injector.faults = { ...this.#injector.faults, ...faults }
  }

  setCapacity(capacityBytes: number): void {
    this.#storage.capacityBytes = capacityBytes
  }

  get usedBytes(): number {
    return this.#storage.usedBytes
  }

  /** The machine lost its power. All lives on it have ended before. */
  failPower(): void {
    assert(this.#lives.size === 0, 'no process survives a power failure')
    this.#storage.failPower()
    this.#world.trace(1, this.#storage.names.durable.size, this.#engine.operations)
  }

  /** The next matching operation fails, whatever chance says. */
  failNext(operation: DiskOperation, plan: Omit<PlannedFailure, 'operation'> = {}): void {
    this.#injector.plan({ ...plan, operation })
  }

  /** Planned failures that have not struck yet never will. */
  forgetPlanned(): void {
    this.#injector.forgetPlanned()
  }

  hold(operation: DiskOperation): void {
    this.#engine.hold(operation)
  }

  release(operation?: DiskOperation): void {
    if (operation === undefined) this.#engine.releaseAll()
    else this.#engine.release(operation)
  }

  stall(durationMs: number): void {
    this.#engine.stall(durationMs)
  }

  /** Flips one bit in each byte of the range, on the medium. */
  rot(path: string, offset: number, { length = 1 }: { length?: number } = {}): void {
    this.#storage.rot(this.#durableInode(path), { path, offset, length })
  }

  /** Puts other bytes on the medium, as a misdirected write does. */
  damage(path: string, offset: number, { bytes }: { bytes: Uint8Array }): void {
    this.#durableInode(path).damage(offset, bytes)
    this.#injector.note('misdirectedWrite', { path, offset, length: bytes.length })
  }

  /** The directory and all below it is gone, or everything. */
  wipe(path = '/'): void {
    this.#storage.names.wipe(path)
    this.#note('wiped', path)
  }

  /** What a later `restore` brings back. Only what is on the medium. */
  copyOf(path: string): DiskImage {
    const below = path === '/' ? '/' : `${path}/`
    const { directories, durable } = this.#storage.names
    return {
      directories: [...directories]
        .filter((name) => name.startsWith(below) && name !== '/')
        .map((name) => name.slice(below.length)),
      files: [...durable]
        .filter(([name]) => name.startsWith(below))
        .map(([name, inode]) => ({ name: name.slice(below.length), inode: inode.cloneDurable(0) })),
    }
  }

  /** The directory becomes what the image holds, on the medium too. */
  restore(path: string, image: DiskImage): void {
    const below = path === '/' ? '/' : `${path}/`
    const { names } = this.#storage
    names.wipe(path)
    names.makeDirectory(path)
    for (const name of image.directories) names.makeDirectory(below + name)
    for (const { name, inode } of image.files) {
      names.install(below + name, inode.cloneDurable(this.#storage.nextInodeId()))
    }
    this.#note('restored', path)
  }

  /** Every file with its size. */
  files(view: DiskView = 'current'): ReadonlyMap<string, number> {
    const sizes = new Map<string, number>()
    for (const [path, inode] of this.#storage.names[view]) {
      sizes.set(path, view === 'current' ? inode.size : inode.durableSize)
    }
    return sizes
  }

  /** All bytes of a file; null when there is none. */
  bytesOf(path: string, view: DiskView = 'current'): Uint8Array | null {
    const inode = this.#storage.names[view].get(path)
    if (inode === undefined) return null
    const length = view === 'current' ? inode.size : inode.durableSize
    const bytes = new Uint8Array(length)
    inode[view].read(bytes, { offset: 0, length, position: 0 })
    return bytes
  }

  /** Equal for equal contents, names and sizes, on the medium and as seen. */
  fingerprint(): string {
    const hash = new TraceHash()
    for (const view of ['durable', 'current'] as const) {
      const files = [...this.#storage.names[view]].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [path, inode] of files) {
        hash.addText(path)
        hash.add(view === 'current' ? inode.size : inode.durableSize)
        inode[view].hashInto(hash)
      }
    }
    for (const path of [...this.#storage.names.directories].sort()) hash.addText(path)
    return hash.toString()
  }

  #durableInode(path: string): Inode {
    const inode = this.#storage.names.durable.get(path)
    assert(inode !== undefined, 'only a file that is on the medium can be damaged')
    return inode
  }

  #note(kind: DiskFaultKind, path: string): void {
    this.#injector.note(kind, { path, offset: 0, length: 0 })
  }
}

/** Two machines get each other's directory, as when disks are put back the wrong way round. */
export function swapDirectories(
  first: { readonly disk: SimulatedDisk; readonly path: string },
  second: { readonly disk: SimulatedDisk; readonly path: string },
): void {
  const ofFirst = first.disk.copyOf(first.path)
  first.disk.restore(first.path, second.disk.copyOf(second.path))
  second.disk.restore(second.path, ofFirst)
}
