/** An engine with hooks: what a test may hold up, let fail, or keep from memory. */

import type {
  Checkpoint,
  Engine,
  EngineFactory,
  EngineSnapshot,
  RecordVisitor,
  RevisionRecord,
} from '../../engine/index.ts'
import type { RevisionList } from '../../state/index.ts'

export class EngineHooks {
  /** Nothing but the newest revision is in memory: everything else has to be loaded. */
  forgets = false
  loads = 0
  /** What each call waits for, or fails with. */
  beforeLoad: () => Promise<void> = async () => {}
  beforeHistory: () => Promise<void> = async () => {}
  beforeCheckpoint: (checkpoint: Checkpoint) => Promise<void> = async () => {}
  /** The engine has done it; who asked hears of it later. */
  afterLoad: () => Promise<void> = async () => {}
  afterHistory: () => Promise<void> = async () => {}
  afterCheckpoint: () => Promise<void> = async () => {}
  /** How often the directory was to be replaced. */
  replaces = 0
  /** Before each piece of records that `replace` is given. */
  beforePiece: () => Promise<void> = async () => {}
  afterReplace: () => Promise<void> = async () => {}
  /** Before each piece of a snapshot that is read. */
  beforeSnapshotPiece: () => Promise<void> = async () => {}
  readonly opened: HookedEngine[] = []
  #hasRoom = true

  get hasRoom(): boolean {
    return this.#hasRoom
  }

  set hasRoom(hasRoom: boolean) {
    this.#hasRoom = hasRoom
    if (hasRoom) this.opened[this.opened.length - 1]?.onRoom?.()
  }

  /** The factory with these hooks between it and its user. */
  on(engines: EngineFactory): EngineFactory {
    const hooked = (engine: Engine): Engine => {
      const wrapped = new HookedEngine(engine, this)
      this.opened.push(wrapped)
      return wrapped
    }
    return {
      name: engines.name,
      open: async () => hooked(await engines.open()),
      replace: async (checkpoint, records) => {
        this.replaces += 1
        const engine = await engines.replace(checkpoint, this.#pieces(records))
        await this.afterReplace()
        return hooked(engine)
      },
    }
  }

  async *#pieces(records: AsyncIterable<readonly RevisionRecord[]>) {
    for await (const piece of records) {
      await this.beforePiece()
      yield piece
    }
  }
}

export class HookedEngine implements Engine {
  readonly #engine: Engine
  readonly #hooks: EngineHooks
  #newest = 0
  onRoom: (() => void) | null = null
  isClosed = false

  constructor(engine: Engine, hooks: EngineHooks) {
    this.#engine = engine
    this.#hooks = hooks
  }

  get name(): string {
    return this.#engine.name
  }

  get rewrittenBytes(): number {
    return this.#engine.rewrittenBytes ?? 0
  }

  get durable(): Checkpoint | null {
    return this.#engine.durable
  }

  get hasRoom(): boolean {
    return this.#hooks.hasRoom
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.#engine.onFatal
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.#engine.onFatal = listener
  }

  append(main: number, sub: number, record: Uint8Array, checksum?: number): void {
    this.#newest = main
    this.#engine.append(main, sub, record, checksum)
  }

  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  peek(main: number, sub: number): Uint8Array | null {
    if (this.#hooks.forgets && main < this.#newest) return null
    return this.#engine.peek(main, sub)
  }

  drop(main: number, sub: number): void {
    this.#engine.drop(main, sub)
  }

  scanHeaders(visit: RecordVisitor): Promise<void> {
    return this.#engine.scanHeaders(visit)
  }

  async load(revisions: RevisionList) {
    this.#hooks.loads += 1
    await this.#hooks.beforeLoad()
    const loaded = await this.#engine.load(revisions)
    await this.#hooks.afterLoad()
    return loaded
  }

  async history(fromMain: number, bytesMax: number) {
    await this.#hooks.beforeHistory()
    const past = await this.#engine.history(fromMain, bytesMax)
    await this.#hooks.afterHistory()
    return past
  }

  async checkpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#hooks.beforeCheckpoint(checkpoint)
    await this.#engine.checkpoint(checkpoint)
    await this.#hooks.afterCheckpoint()
  }

  snapshot(checkpoint: Checkpoint): EngineSnapshot {
    const snapshot = this.#engine.snapshot(checkpoint)
    const hooks = this.#hooks
    return {
      checkpoint: snapshot.checkpoint,
      async *records() {
        for await (const piece of snapshot.records()) {
          await hooks.beforeSnapshotPiece()
          yield piece
        }
      },
      release: () => snapshot.release(),
    }
  }

  stats() {
    return this.#engine.stats()
  }

  close(): Promise<void> {
    this.isClosed = true
    return this.#engine.close()
  }
}
