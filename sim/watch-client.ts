/**
 * A client that watches: several watches on one stream, at one node, until the connection is lost
 * or it moves on; then it resumes behind the last whole revision at another node. What it is told
 * arrives in order, after a while, and not faster than it reads.
 */

import type { Chance } from '../src/base/index.ts'
import type { GroupId, NodeId } from '../src/raft/index.ts'
import type {
  WatchBatch,
  WatchHub,
  WatchNotice,
  WatchSink,
  WatchStream,
  WatchTarget,
} from '../src/state/index.ts'
import { etcd, type etcdKv } from '../src/wire/index.ts'
import {
  asciiBytes,
  behindPrefix,
  bytesText,
  type RecordedWatch,
  type SeenEvent,
  versionOf,
  type WatchItem,
} from './check/index.ts'
import type { Reached, WorkloadParts } from './workload.ts'
import type { Life } from './world/index.ts'

/** What the client wants to see, over all its connections. */
interface Wish {
  readonly key: string
  readonly rangeEnd: string
  readonly filters: readonly number[]
  readonly prevKv: boolean
  readonly fragment: boolean
  readonly progressNotify: boolean
  /** The first revision that it has not seen whole; 0: whatever comes from now on. */
  next: number
}

/** One watch on one connection. */
export interface Watching extends RecordedWatch {
  readonly group: GroupId
  createdRevision: number | null
  readonly items: WatchItem[]
  isComplete: boolean
}

const RETRY_MS = 50
/** A connection lasts about so long before its client moves on by itself. */
const STAY_MS = 4000
const WATCHES_MAX = 3

export class WatchClient {
  readonly watchings: Watching[] = []
  readonly #parts: WorkloadParts
  readonly #chance: Chance
  readonly #group: GroupId
  readonly #wishes: readonly Wish[]
  #connection: Connection | null = null
  /** Once the faults are over: where it may be. */
  #serves: ((group: GroupId, id: NodeId) => boolean) | null = null

  constructor(parts: WorkloadParts, { number }: { readonly number: number }) {
    this.#parts = parts
    this.#chance = parts.chance.fork(`watcher-${number}`)
    const { groups } = parts
    const first = this.#chance.happens(0.1) ? 0 : Math.min(1, groups.length - 1)
    const place = first + this.#chance.below(first === 0 ? 1 : groups.length - first)
    this.#group = groups[place] as GroupId
    const count = 1 + this.#chance.below(WATCHES_MAX)
    this.#wishes = Array.from({ length: count }, () => this.#drawWish())
    this.#connectLater()
  }

  /** From here on it is at one of these nodes, and moves only when it has lost its connection. */
  stay(serves: (group: GroupId, id: NodeId) => boolean): void {
    this.#serves = serves
    const connection = this.#connection
    if (connection !== null && !serves(this.#group, connection.node)) connection.leave()
  }

  /** Whether all that its node has was told. */
  get isCaughtUp(): boolean {
    return this.#connection?.isCaughtUp ?? false
  }

  /** The run is over: what its node knew must have come. */
  conclude(): void {
    this.#connection?.conclude()
  }

  #drawWish(): Wish {
    const chance = this.#chance
    const { NOPUT, NODELETE } = etcd.WatchCreateRequestFilterType
    const filters = chance.happens(0.8) ? [] : [chance.happens(0.5) ? NOPUT : NODELETE]
    const prevKv = chance.happens(0.5)
    const [fragment, progressNotify] = [chance.happens(0.3), chance.happens(0.5)]
    const rest = { filters, prevKv, fragment, progressNotify, next: 0 }
    const end = bytesText(behindPrefix('r'))
    switch (chance.below(4)) {
      case 0:
        return { key: `r${chance.below(this.#parts.config.registers)}`, rangeEnd: '', ...rest }
      case 1:
        return { key: 'r', rangeEnd: end, ...rest, next: chance.happens(0.5) ? 1 : 0 }
      case 2:
        return { key: 'e', rangeEnd: bytesText(behindPrefix('e')), ...rest }
      default:
        return { key: '\0', rangeEnd: '\0', ...rest, next: chance.below(3) }
    }
  }

  #connectLater(): void {
    const pauseMs = this.#chance.below(2 * RETRY_MS)
    this.#parts.world.schedule((pauseMs + this.#parts.delayMs()) * 1000, null, () =>
      this.#connect(),
    )
  }

  #connect(): void {
    const { nodeIds, reach, world } = this.#parts
    const ids = nodeIds()
    const id = ids[this.#chance.below(ids.length)] as NodeId
    const reached = this.#serves?.(this.#group, id) === false ? null : reach(id)
    if (reached === null) {
      this.#connectLater()
      return
    }
    const connection = new Connection(this.#parts, reached, {
      node: id,
      group: this.#group,
      wishes: this.#wishes,
      window: this.#chance.happens(0.5) ? 1 + this.#chance.below(3) : 1000,
      askProgress: () => this.#chance.happens(0.2),
      begun: (watching) => this.watchings.push(watching),
      lost: () => {
        if (this.#connection !== connection) return
        this.#connection = null
        this.#connectLater()
      },
    })
    this.#connection = connection
    connection.open()
    const stayMs = this.#chance.below(2 * STAY_MS)
    world.schedule(stayMs * 1000, null, () => {
      if (this.#serves === null && this.#connection === connection) connection.leave()
    })
  }
}

interface ConnectionOptions {
  readonly node: NodeId
  readonly group: GroupId
  readonly wishes: readonly Wish[]
  /** Answers that may be on their way before the client has read one. */
  readonly window: number
  readonly askProgress: () => boolean
  readonly begun: (watching: Watching) => void
  readonly lost: () => void
}

interface Place {
  readonly wish: Wish
  readonly watching: Watching
}

class Connection implements WatchSink {
  readonly #parts: WorkloadParts
  readonly #life: Life
  readonly #hub: WatchHub
  readonly #options: ConnectionOptions
  readonly #places = new Map<bigint, Place>()
  /** On their way to the client, in order. */
  #arriving: (() => void)[] = []
  #stream: WatchStream | null = null
  #isOver = false
  #waitsForRoom = false

  constructor(parts: WorkloadParts, { service, life }: Reached, options: ConnectionOptions) {
    this.#parts = parts
    this.#life = life
    this.#hub = service.watchHub(options.group)
    this.#options = options
    life.onEnd(() => this.#lose())
  }

  get node(): NodeId {
    return this.#options.node
  }

  /** Runs at the node. */
  open(): void {
    this.#stream = this.#hub.openStream(this)
    let id = 0n
    for (const wish of this.#options.wishes) {
      id += 1n
      const { key, rangeEnd, filters, prevKv, fragment, progressNotify, next } = wish
      const watching: Watching = {
        group: this.#options.group,
        key,
        rangeEnd,
        startRevision: next,
        filters,
        prevKv,
        createdRevision: null,
        items: [],
        isComplete: false,
      }
      this.#options.begun(watching)
      this.#places.set(id, { wish, watching })
      this.#stream.create({
        key: asciiBytes(key),
        rangeEnd: asciiBytes(rangeEnd),
        startRevision: next,
        progressNotify,
        filters,
        prevKv,
        watchId: id,
        fragment,
      })
    }
  }

  get isCaughtUp(): boolean {
    if (this.#isOver || this.#life.paused) return false
    const { revision, handedOutRevision, slowWatcherCount } = this.#hub
    return this.#arriving.length === 0 && slowWatcherCount === 0 && handedOutRevision >= revision
  }

  conclude(): void {
    if (!this.isCaughtUp) return
    for (const { watching } of this.#places.values()) watching.isComplete = true
  }

  /** The client goes: what is on its way to it is lost. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#arriving = []
    this.#atNode(() => this.#stream?.close())
    this.#options.lost()
  }

  get isWritable(): boolean {
    const isWritable = this.#arriving.length < this.#options.window
    if (!isWritable) this.#waitsForRoom = true
    return isWritable
  }

  notice(notice: WatchNotice): void {
    switch (notice.kind) {
      case 'created':
        this.#arrive(() => this.#created(notice.watchId, notice.revision))
        break
      case 'progress':
        this.#arrive(() => this.#progress(notice.watchId, notice.revision))
        break
      case 'compacted':
        this.#arrive(() => this.#compacted(notice.watchId, notice.compactRevision))
        break
      case 'refused':
      case 'canceled':
        break
    }
  }

  events({ id }: WatchTarget, { revision, fragment, events }: WatchBatch): void {
    const seen = seenEvents(events)
    this.#arrive(() => {
      const place = this.#places.get(id)
      if (place === undefined) return
      place.watching.items.push({ kind: 'events', revision, fragment, events: seen })
      if (!fragment) place.wish.next = Math.max(place.wish.next, revision + 1)
    })
  }

  #created(id: bigint, revision: number): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    place.watching.createdRevision = revision
    if (place.wish.next === 0) place.wish.next = revision + 1
  }

  #progress(id: bigint, revision: number): void {
    for (const [one, { wish, watching }] of this.#places) {
      if (id >= 0n && one !== id) continue
      watching.items.push({ kind: 'progress', revision })
      wish.next = Math.max(wish.next, revision + 1)
    }
  }

  #compacted(id: bigint, compactRevision: number): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    place.watching.items.push({ kind: 'compacted', compactRevision })
    place.wish.next = compactRevision
    // It goes on from there, with another connection.
    this.leave()
  }

  /** In order, each after the way there. */
  #arrive(tell: () => void): void {
    if (this.#isOver) return
    this.#arriving.push(tell)
    this.#parts.world.schedule(this.#parts.delayMs() * 1000, null, () => {
      const first = this.#arriving.shift()
      if (this.#isOver || first === undefined) return
      first()
      this.#read()
    })
  }

  /** The client has read something: there is room, and at times it wants to know where it is. */
  #read(): void {
    if (this.#isOver) return
    if (this.#waitsForRoom) {
      this.#waitsForRoom = false
      this.#atNode(() => this.#stream?.writable())
    }
    if (this.#options.askProgress()) this.#atNode(() => this.#stream?.progress())
  }

  #atNode(work: () => void): void {
    this.#parts.world.schedule(this.#parts.delayMs() * 1000, this.#life, work)
  }

  #lose(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#arriving = []
    this.#options.lost()
  }
}

/** Of the field `events` of an answer. */
export function seenEvents(bytes: Uint8Array): SeenEvent[] {
  return etcd.WatchResponse.decodeBytes(bytes).events.map(seenEvent)
}

function seenEvent({ type, kv, prevKv }: etcdKv.Event): SeenEvent {
  const pair = kv ?? { ...EMPTY_PAIR }
  return {
    key: bytesText(pair.key),
    isDelete: type === 1,
    now: versionOf(pair),
    previous: prevKv === null ? null : versionOf(prevKv),
  }
}

const EMPTY_PAIR: etcdKv.KeyValue = {
  key: new Uint8Array(0),
  createRevision: 0,
  modRevision: 0,
  version: 0,
  value: new Uint8Array(0),
  lease: 0n,
}
