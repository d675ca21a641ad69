import { assert, type Chance } from '../../src/base/index.ts'
import type { Inode } from './disk-inode.ts'

/** An unsynced change of names. Durable once the directory of `path` is synced. */
interface NameChange {
  readonly mark: number
  /** The name that is set (inode) or freed (null). */
  readonly path: string
  readonly inode: Inode | null
  /** The name that a rename frees in the same step. */
  readonly from: string | null
}

export function directoryOf(path: string): string {
  assert(path.startsWith('/'), 'paths are absolute')
  const slash = path.lastIndexOf('/')
  return slash === 0 ? '/' : path.slice(0, slash)
}

/**
 * The names of a disk: what the processes see, what is on the medium, and the changes between.
 * A later change of a name lands only if the earlier ones of the same name did, as in a journal;
 * changes of different names land in any order. A rename is one step: it frees the old name and
 * sets the new one, or neither. Directories themselves are made durably.
 */
export class Names {
  readonly #directories = new Set<string>(['/'])
  readonly #current = new Map<string, Inode>()
  readonly #durable = new Map<string, Inode>()
  #pending: NameChange[] = []
  #lastMark = 0

  get mark(): number {
    return this.#lastMark
  }

  get current(): ReadonlyMap<string, Inode> {
    return this.#current
  }

  get durable(): ReadonlyMap<string, Inode> {
    return this.#durable
  }

  get directories(): ReadonlySet<string> {
    return this.#directories
  }

  find(path: string): Inode | null {
    return this.#current.get(path) ?? null
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path)
  }

  makeDirectory(path: string): void {
    for (let at = path; !this.#directories.has(at); at = directoryOf(at)) this.#directories.add(at)
  }

  list(directory: string): readonly string[] {
    const names: string[] = []
    for (const path of this.#current.keys()) {
      if (directoryOf(path) === directory) names.push(path.slice(path.lastIndexOf('/') + 1))
    }
    for (const path of this.#directories) {
      if (path !== '/' && directoryOf(path) === directory) {
        names.push(path.slice(path.lastIndexOf('/') + 1))
      }
    }
    return names.sort()
  }

  link(path: string, inode: Inode): void {
    this.#current.set(path, inode)
    this.#change({ path, inode, from: null })
  }

  unlink(path: string): void {
    this.#current.delete(path)
    this.#change({ path, inode: null, from: null })
  }

  rename(from: string, to: string): void {
    const inode = this.#current.get(from)
    assert(inode !== undefined, 'what is renamed is there')
    if (from === to) return
    this.#current.delete(from)
    this.#current.set(to, inode)
    this.#change({ path: to, inode, from })
  }

  /** Lands the directory's changes up to the mark, and whatever they depend on. */
  syncDirectory(directory: string, mark: number): void {
    this.#pending = this.#without(directory, mark, (change) => this.#land(change))
  }

  /** A failed sync: the changes stay visible and never land. */
  lose(directory: string, mark: number): void {
    this.#pending = this.#without(directory, mark, () => {})
  }

  /** Each change lands or not; what was lost is told. */
  failPower(chance: Chance, lost: (path: string) => void): void {
    const survival = chance.below(101) / 100
    const stuck = new Set<string>()
    for (const change of this.#pending) {
      const free = namesOf(change).every((name) => !stuck.has(name))
      if (free && chance.happens(survival)) {
        this.#land(change)
      } else {
        for (const name of namesOf(change)) stuck.add(name)
        lost(change.path)
      }
    }
    this.forgetCache()
  }

  forgetCache(): void {
    this.#pending = []
    this.#current.clear()
    for (const [path, inode] of this.#durable) this.#current.set(path, inode)
  }

  /** Everything below the directory is gone at once, from the medium too. */
  wipe(directory: string): void {
    const below = directory === '/' ? '/' : `${directory}/`
    this.#pending = this.#pending.filter(
      (change) => !namesOf(change).some((name) => name.startsWith(below)),
    )
    for (const map of [this.#current, this.#durable]) {
      for (const path of [...map.keys()]) if (path.startsWith(below)) map.delete(path)
    }
    for (const path of [...this.#directories]) {
      if (path !== '/' && path.startsWith(below)) this.#directories.delete(path)
    }
  }

  /** Puts a file there, on the medium too. */
  install(path: string, inode: Inode): void {
    this.makeDirectory(directoryOf(path))
    this.#current.set(path, inode)
    this.#durable.set(path, inode)
  }

  #change(change: Omit<NameChange, 'mark'>): void {
    this.#lastMark += 1
    this.#pending.push({ ...change, mark: this.#lastMark })
  }

  #land({ path, inode, from }: NameChange): void {
    if (from !== null) this.#durable.delete(from)
    if (inode === null) this.#durable.delete(path)
    else this.#durable.set(path, inode)
  }

  /** Takes out the directory's changes with the earlier ones they depend on, in order. */
  #without(directory: string, mark: number, take: (change: NameChange) => void): NameChange[] {
    const needed = new Set<string>()
    const taken = new Set<NameChange>()
    for (const change of this.#pending.toReversed()) {
      const asked = change.mark <= mark && directoryOf(change.path) === directory
      if (!asked && !namesOf(change).some((name) => needed.has(name))) continue
      taken.add(change)
      for (const name of namesOf(change)) needed.add(name)
    }
    for (const change of this.#pending) if (taken.has(change)) take(change)
    return this.#pending.filter((change) => !taken.has(change))
  }
}

function namesOf({ path, from }: NameChange): readonly string[] {
  return from === null ? [path] : [path, from]
}
