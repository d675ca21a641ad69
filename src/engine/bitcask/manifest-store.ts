import { assert, KvError } from '../../base/index.ts'
import { DiskError, type DiskFile } from '../../io/index.ts'
import type { Pauses } from '../pauses.ts'
import { stopped } from '../stopped.ts'
import { READ_ATTEMPTS } from './format.ts'
import { damaged, type Home } from './home.ts'
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts'

/** One write, between which others have their turn. */
const PIECE_BYTES = 1024 * 1024

export interface StoredManifest {
  readonly manifest: Manifest
  /** The length of its file. */
  readonly bytes: number
}

/** Null: the directory has no manifest. */
export async function readManifest(
  home: Pick<Home, 'disk' | 'manifestPath'>,
): Promise<StoredManifest | null> {
  const { disk, manifestPath: path } = home
  let file: DiskFile
  try {
    file = await disk.open(path, { mode: 'read' })
  } catch (error) {
    if (error instanceof DiskError && error.code === 'notFound') return null
    throw error
  }
  try {
    return await decode(file, path)
  } finally {
    await file.close()
  }
}

async function decode(file: DiskFile, path: string): Promise<StoredManifest> {
  for (let attempt = 1; ; attempt++) {
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0, bytes.length, 0)
    const reading = decodeManifest(bytes)
    if (reading.kind === 'read') return { manifest: reading.manifest, bytes: bytes.length }
    if (reading.kind === 'foreign') throw foreign(path, reading.format)
    // What a disk gives wrong once it may give right the next time.
    if (attempt === READ_ATTEMPTS) {
      throw damaged(path, { offset: 0, what: 'the manifest does not match its checksum' })
    }
  }
}

function foreign(path: string, format: number): KvError {
  const text = `${path} has format ${format}, which this version cannot read; use a later version`
  return new KvError('LOG_FOREIGN', text)
}

export interface ManifestStoreOptions {
  readonly home: Home
  readonly pauses: Pauses
  /** Null: without room on disk it fails, instead of waiting. */
  readonly spaceRetryMs: number | null
  /** Of the manifest that is there. */
  readonly bytes: number
}

/** Puts one manifest in the place of another, so that after a crash there is one of them. */
export class ManifestStore {
  readonly #home: Home
  readonly #pauses: Pauses
  readonly #spaceRetryMs: number | null
  #last: Promise<void> = Promise.resolve()
  #bytes: number
  #failed = false

  constructor({ home, pauses, spaceRetryMs, bytes }: ManifestStoreOptions) {
    this.#bytes = bytes
    this.#home = home
    this.#pauses = pauses
    this.#spaceRetryMs = spaceRetryMs
  }

  /** The length of the file that is in force. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * One after the other: `content` is asked when all that came before are durable, and everything
   * it names must be written and synced; `onDurable` is called before the next one is asked.
   */
  publish(content: () => Manifest, onDurable: () => void = () => {}): Promise<void> {
    const done = this.#last.then(async () => {
      await this.#publish(content)
      onDurable()
    })
    this.#last = done.catch(() => {
      // Whoever published hears of it.
      this.#failed = true
    })
    return done
  }

  /** Resolves when none is on its way. */
  async idle(): Promise<void> {
    await this.#last
  }

  async #publish(content: () => Manifest): Promise<void> {
    if (this.#failed || this.#pauses.stopped) throw stopped()
    const home = this.#home
    const bytes = encodeManifest(content())
    for (;;) {
      const full = await this.#writeTemporary(bytes)
      if (full === null) break
      if (this.#spaceRetryMs === null) throw full
      if (!(await this.#pauses.pause(this.#spaceRetryMs))) throw stopped()
    }
    // Before it is named: a crash may keep the name of the manifest and lose that of a file.
    await home.syncNames()
    await home.disk.rename(home.temporaryPath, home.manifestPath)
    await home.disk.syncDirectory(home.directory)
    this.#bytes = bytes.length
  }

  /** Null: it is there; else there was no room. */
  async #writeTemporary(bytes: Uint8Array): Promise<DiskError | null> {
    const { disk, temporaryPath: path } = this.#home
    await removeIfThere(this.#home, path)
    let file: DiskFile | null = null
    let full: DiskError
    try {
      file = await disk.open(path, { mode: 'create' })
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        await file.write(bytes, at, Math.min(PIECE_BYTES, bytes.length - at), at)
      }
      await file.sync()
      return null
    } catch (error) {
      if (!(error instanceof DiskError && error.code === 'full')) throw error
      full = error
    } finally {
      await file?.close()
    }
    await removeIfThere(this.#home, path)
    return full
  }
}

export async function removeIfThere({ disk }: Pick<Home, 'disk'>, path: string): Promise<void> {
  assert(path.length > 1, 'a file has a name')
  try {
    await disk.remove(path)
  } catch (error) {
    if (!(error instanceof DiskError && error.code === 'notFound')) throw error
  }
}
