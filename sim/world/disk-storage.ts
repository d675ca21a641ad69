import { DiskError, type DiskErrorCode, type OpenMode } from '../../src/io/index.ts'
import type { DiskFaultKind, DiskFaultPlace, DiskOperation } from './disk-config.ts'
import { failPower } from './disk-crash.ts'
import type { DiskFaultInjector } from './disk-faults.ts'
import { Inode, SECTOR_BYTES } from './disk-inode.ts'
import { directoryOf, Names } from './disk-names.ts'
import type { Range } from './pages.ts'

/** A file as it was opened: the name may have changed since. */
export interface OpenInode {
  readonly inode: Inode
  readonly path: string
  readonly durable: boolean
}

const ROT_BYTES_MAX = 64

/**
 * What a disk holds and what happens to it, without time: each call takes effect at once and
 * fails with a `DiskError`, as planned, by chance, or rightly.
 */
export class DiskStorage {
  readonly names = new Names()
  readonly injector: DiskFaultInjector
  capacityBytes: number
  #lastInode = 0

  constructor(injector: DiskFaultInjector, capacityBytes: number) {
    this.injector = injector
    this.capacityBytes = capacityBytes
  }

  get usedBytes(): number {
    let used = 0
    for (const inode of this.names.current.values()) used += inode.size
    return used
  }

  nextInodeId(): number {
    this.#lastInode += 1
    return this.#lastInode
  }

  open(path: string, mode: OpenMode): Inode {
    this.#failName('open', path)
    if (this.names.isDirectory(path)) throw refusal('io', 'open', path)
    const found = this.names.find(path)
    if (mode === 'create') {
      if (found !== null) throw refusal('exists', 'open', path)
      if (!this.names.isDirectory(directoryOf(path))) throw refusal('notFound', 'open', path)
      const inode = new Inode(this.nextInodeId())
      this.names.link(path, inode)
      return inode
    }
    if (found === null) throw refusal('notFound', 'open', path)
    return found
  }

  read(file: OpenInode, target: Uint8Array, range: Range): number {
    const { inode } = file
    const { faults } = this.injector
    const place = (): DiskFaultPlace => this.#place(file, range.position, range.length)
    this.#failPlanned('read', file.path, { kind: 'readError', place })
    if (this.injector.strikes('readError', faults.readError, place)) {
      throw refusal('io', 'read', file.path)
    }
    this.#rotOnRead(file, range)
    const count = inode.read(target, range)
    if (count > 0 && this.injector.strikes('misdirectedRead', faults.misdirectedRead, place)) {
      const position = sectorAt(this.injector.chance.below(inode.size))
      inode.current.read(target, { offset: range.offset, length: count, position })
    }
    return count
  }

  write(file: OpenInode, source: Uint8Array, range: Range): void {
    const { inode } = file
    const { faults } = this.injector
    const place = (): DiskFaultPlace => this.#place(file, range.position, range.length)
    const planned = this.injector.takePlanned('write', file.path)
    if (planned !== null) {
      this.injector.note(planned === 'full' ? 'full' : 'writeError', place())
      this.#failWrite(planned, file, { source, range })
    }
    if (this.injector.strikes('writeError', faults.writeError, place)) {
      this.#failWrite('io', file, { source, range })
    }
    if (range.position + range.length > inode.size) this.#requireSpace(file, source, range)
    this.#rotAtRest()
    if (this.injector.strikes('phantomWrite', faults.phantomWrite, place)) {
      inode.writePhantom(source, range, file)
    } else if (!this.#misdirect(file, source, range)) {
      this.#put(file, source, range)
    }
  }

  /** A process was killed, or the power failed, in the middle of a write. */
  interruptWrite(file: OpenInode, source: Uint8Array, range: Range): void {
    const length = this.injector.chance.below(range.length + 1)
    // Not durable even with O_DSYNC: the write never returned.
    file.inode.write(source, { ...range, length })
    this.injector.note('interruptedWrite', this.#place(file, range.position, length))
  }

  sync(file: OpenInode, mark: number): void {
    const place = (): DiskFaultPlace => this.#place(file, 0, file.inode.size)
    const planned = this.injector.takePlanned('sync', file.path)
    const { syncError } = this.injector.faults
    if (planned !== null) this.injector.note('syncError', place())
    if (planned !== null || this.injector.strikes('syncError', syncError, place)) {
      file.inode.lose(mark)
      throw refusal(planned ?? 'io', 'sync', file.path)
    }
    file.inode.sync(mark)
  }

  truncate(file: OpenInode, size: number): void {
    const place = (): DiskFaultPlace => this.#place(file, size, 0)
    this.#failPlanned('truncate', file.path, { kind: 'writeError', place })
    file.inode.truncate(size)
  }

  makeDirectory(path: string): void {
    this.#failName('makeDirectory', path)
    if (this.names.find(path) !== null) throw refusal('exists', 'makeDirectory', path)
    for (let at = path; at !== '/'; at = directoryOf(at)) {
      if (this.names.find(at) !== null) throw refusal('io', 'makeDirectory', path)
    }
    this.names.makeDirectory(path)
  }

  list(path: string): readonly string[] {
    this.#failName('list', path)
    this.requireDirectory('list', path)
    return this.names.list(path)
  }

  rename(from: string, to: string): void {
    this.#failName('rename', from)
    const usable = (path: string): boolean => !this.names.isDirectory(path)
    if (!usable(from) || !usable(to)) throw refusal('io', 'rename', from)
    if (this.names.find(from) === null) throw refusal('notFound', 'rename', from)
    if (!this.names.isDirectory(directoryOf(to))) throw refusal('notFound', 'rename', from)
    this.names.rename(from, to)
  }

  remove(path: string): void {
    this.#failName('remove', path)
    if (this.names.isDirectory(path)) throw refusal('io', 'remove', path)
    if (this.names.find(path) === null) throw refusal('notFound', 'remove', path)
    this.names.unlink(path)
  }

  syncDirectory(path: string, mark: number): void {
    this.requireDirectory('syncDirectory', path)
    try {
      this.#failName('syncDirectory', path)
    } catch (error) {
      this.names.lose(path, mark)
      throw error
    }
    this.names.syncDirectory(path, mark)
  }

  requireDirectory(operation: DiskOperation, path: string): void {
    if (this.names.isDirectory(path)) return
    throw refusal(this.names.find(path) === null ? 'notFound' : 'io', operation, path)
  }

  /** Decides for every file and name what of the unsynced landed. */
  failPower(): void {
    const { chance, faults } = this.injector
    this.names.failPower(chance, (path) => {
      this.injector.note('crashNameLost', { path, offset: 0, length: 0 })
    })
    for (const [path, inode] of this.names.durable) {
      failPower(inode, {
        chance,
        faults,
        note: (kind, range) => this.injector.note(kind, { path, ...range }),
        permits: (kind, range) => this.injector.permits(kind, { path, ...range }),
      })
    }
  }

  /** Flips a bit in each byte of the range on the medium. */
  rot(inode: Inode, { path, offset, length }: DiskFaultPlace): void {
    const bytes = new Uint8Array(length)
    inode.durable.read(bytes, { offset: 0, length, position: offset })
    for (let i = 0; i < length; i++) {
      bytes[i] = (bytes[i] as number) ^ (1 << this.injector.chance.below(8))
    }
    inode.damage(offset, bytes)
    this.injector.note('rot', { path, offset, length })
  }

  #put(file: OpenInode, source: Uint8Array, range: Range): void {
    if (file.durable) file.inode.writeDurably(source, range)
    else file.inode.write(source, range)
  }

  #requireSpace(file: OpenInode, source: Uint8Array, range: Range): void {
    const end = range.position + range.length
    const place = (): DiskFaultPlace => this.#place(file, range.position, range.length)
    if (this.capacityBytes !== Number.POSITIVE_INFINITY) {
      const free = this.capacityBytes - this.usedBytes
      if (end - file.inode.size > free) {
        this.injector.note('full', place())
        const fits = Math.max(0, file.inode.size + Math.max(0, free) - range.position)
        this.#put(file, source, { ...range, length: Math.min(fits, range.length) })
        throw refusal('full', 'write', file.path)
      }
    }
    if (this.injector.strikes('full', this.injector.faults.full, place)) {
      this.#failWrite('full', file, { source, range })
    }
  }

  #failWrite(
    code: DiskErrorCode,
    file: OpenInode,
    { source, range }: { source: Uint8Array; range: Range },
  ): never {
    this.#put(file, source, { ...range, length: this.injector.chance.below(range.length + 1) })
    throw refusal(code, 'write', file.path)
  }

  #misdirect(file: OpenInode, source: Uint8Array, range: Range): boolean {
    const { chance, faults } = this.injector
    if (faults.misdirectedWrite === 0 || !chance.happens(faults.misdirectedWrite)) return false
    const victim = this.#randomPlace()
    if (victim === null) return false
    const target = { path: victim.path, offset: sectorAt(victim.offset), length: range.length }
    const origin = this.#place(file, range.position, range.length)
    // Both places suffer: one loses its new bytes, the other its old ones.
    const permitted =
      this.injector.permits('misdirectedWrite', origin) &&
      this.injector.permits('misdirectedWrite', target)
    if (!permitted) return false
    this.injector.note('misdirectedWrite', target)
    const bytes = source.slice(range.offset, range.offset + range.length)
    file.inode.writePhantom(source, range, file)
    victim.inode.damage(target.offset, bytes)
    return true
  }

  #rotOnRead(file: OpenInode, range: Range): void {
    const { chance, faults } = this.injector
    if (faults.rotOnRead === 0 || !chance.happens(faults.rotOnRead)) return
    const length = Math.min(range.length, file.inode.durableSize - range.position)
    if (length <= 0) return
    this.#rotIfPermitted(file.inode, this.#place(file, range.position + chance.below(length), 1))
  }

  #rotAtRest(): void {
    const { chance, faults } = this.injector
    if (faults.rotAtRest === 0 || !chance.happens(faults.rotAtRest)) return
    const victim = this.#randomPlace()
    if (victim === null) return
    const wanted = chance.happens(0.7) ? 1 : 1 + chance.below(ROT_BYTES_MAX)
    const length = Math.min(wanted, victim.inode.durableSize - victim.offset)
    this.#rotIfPermitted(victim.inode, { path: victim.path, offset: victim.offset, length })
  }

  #rotIfPermitted(inode: Inode, place: DiskFaultPlace): void {
    if (this.injector.permits('rot', place)) this.rot(inode, place)
  }

  #randomPlace(): { path: string; inode: Inode; offset: number } | null {
    const { chance } = this.injector
    const files = [...this.names.durable].filter(([, inode]) => inode.durableSize > 0)
    const chosen = files[chance.below(files.length)]
    if (chosen === undefined) return null
    const [path, inode] = chosen
    return { path, inode, offset: inode.randomPlace(chance) }
  }

  #failPlanned(
    operation: DiskOperation,
    path: string,
    { kind, place }: { kind: DiskFaultKind; place: () => DiskFaultPlace },
  ): void {
    const code = this.injector.takePlanned(operation, path)
    if (code === null) return
    this.injector.note(kind, place())
    throw refusal(code, operation, path)
  }

  #failName(operation: DiskOperation, path: string): void {
    const place = (): DiskFaultPlace => ({ path, offset: 0, length: 0 })
    this.#failPlanned(operation, path, { kind: 'nameError', place })
    if (this.injector.strikes('nameError', this.injector.faults.nameError, place)) {
      throw refusal('io', operation, path)
    }
  }

  /** Under the name the file has now, when it still has one. */
  #place({ inode, path }: OpenInode, offset: number, length: number): DiskFaultPlace {
    if (this.names.find(path) === inode) return { path, offset, length }
    for (const [name, other] of this.names.current) {
      if (other === inode) return { path: name, offset, length }
    }
    return { path, offset, length }
  }
}

function sectorAt(position: number): number {
  return position - (position % SECTOR_BYTES)
}

export function refusal(code: DiskErrorCode, operation: DiskOperation, path: string): DiskError {
  return new DiskError(code, { operation, path })
}
