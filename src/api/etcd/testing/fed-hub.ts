import { type WatchedState, WatchHub } from '../../../state/index.ts'
import { etcdKv } from '../../../wire/index.ts'

const UTF8 = new TextEncoder()
const NOT_THERE = { previousMain: 0, previousSub: 0 }

/** Nothing is known of before. */
const NO_KEYS: WatchedState['keys'] = {
  find: () => 0,
  versionAt: () => 0,
  refMain: () => 0,
  refSub: () => 0,
  refBytes: () => 0,
}

/** A hub that the test tells of changes. No key is ever written twice. */
export class FedHub {
  readonly hub: WatchHub
  readonly #state: { -readonly [Name in keyof WatchedState]: WatchedState[Name] }

  constructor(revision = 1) {
    this.#state = {
      revision,
      compactRevision: 0,
      keys: NO_KEYS,
      records: { peek: () => null },
    }
    this.hub = new WatchHub(this.#state)
  }

  /** One revision that puts all of them. */
  put(...keys: readonly string[]): void {
    this.#state.revision += 1
    const { revision: main } = this.#state
    for (const [sub, key] of keys.entries()) {
      const record = etcdKv.KeyValue.encodeBytes({
        key: UTF8.encode(key),
        createRevision: main,
        modRevision: main,
        version: 1,
        value: UTF8.encode(`value of ${key}`),
        lease: 0n,
      })
      this.hub.changed({ main, sub, record, deleted: false, ...NOT_THERE })
    }
    this.hub.settled(main)
  }

  delete(key: string): void {
    this.#state.revision += 1
    const { revision: main } = this.#state
    const record = etcdKv.KeyValue.encodeBytes(
      etcdKv.KeyValue.create({ key: UTF8.encode(key), modRevision: main }),
    )
    this.hub.changed({ main, sub: 0, record, deleted: true, ...NOT_THERE })
    this.hub.settled(main)
  }

  compact(revision: number): void {
    this.#state.compactRevision = revision
    this.hub.compacted(revision)
  }

  drain(): void {
    while (this.hub.drain(10_000)) {
      // Everything that needs nothing from elsewhere.
    }
  }
}
