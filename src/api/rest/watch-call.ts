/**
 * One watch over HTTP: the events of the hub, written as they come and as fast as they are taken.
 */

import { assert, KvError } from '../../base/index.ts'
import type { Timer } from '../../io/index.ts'
import type {
  WatchBatch,
  WatchNotice,
  WatchSink,
  WatchStream,
  WatchTarget,
} from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { PROBE_MS } from '../http/index.ts'
import { JSON_TYPE } from './answering.ts'
import { eventId, type ResumePoint, resumeAfter } from './event-id.ts'
import type { Failure } from './failure.ts'
import { ALL_KEYS, rangeOf } from './ranges.ts'
import type { RestCall } from './rest-call.ts'
import { AT_BOUNDARY, type ToldEvents } from './told-events.ts'
import { EVENT_STREAM, JSON_LINES, type WatchFormat } from './watch-format.ts'

/** Silence after which there is a sign of life: below the patience of proxies (30 s and more). */
const HEARTBEAT_MS = 15_000
/** Who takes nothing for so long is gone. */
const STALLED_MS_MAX = 60_000
/** Of `WatchCreateRequest.FilterType`. */
const FILTERS = { put: [1], delete: [0] } as const

export interface WatchHost {
  readonly told: ToldEvents
  readonly ended: (watch: WatchCall) => void
}

export class WatchCall implements WatchSink {
  readonly #call: RestCall
  readonly #format: WatchFormat
  readonly #told: ToldEvents
  readonly #ended: (watch: WatchCall) => void
  readonly #resume: ResumePoint | null
  #stream: WatchStream | null = null
  #heartbeat: Timer | null = null
  #stalled: Timer | null = null
  #hasBegun = false
  #isOver = false
  #isWritable = true
  #wroteMs = 0
  /** The revision of the store when it began. */
  #createdAt = 0
  #place = AT_BOUNDARY
  /** What was told last: whoever comes back with it misses nothing. */
  #lastId = ''

  /** Fails when it is asked for in a way that makes no sense. */
  constructor(call: RestCall, { told, ended }: WatchHost) {
    this.#call = call
    this.#told = told
    this.#ended = ended
    this.#format = wantsLines(call.exchange.headers.accept) ? JSON_LINES : EVENT_STREAM
    this.#resume = resumePointOf(call)
  }

  begin(): void {
    const { parts, values, exchange } = this.#call
    const { node } = parts
    const range = rangeOf(values) ?? ALL_KEYS
    exchange.node.response.on('close', () => this.#finish())
    exchange.node.response.on('drain', () => this.#drained())
    exchange.node.request.socket.setKeepAlive(true, PROBE_MS)
    const stream = node.watchHub(node.defaultGroup).openStream(this)
    this.#stream = stream
    stream.create(
      etcd.WatchCreateRequest.create({
        ...range,
        startRevision: this.#resume?.revision ?? 0,
        prevKv: values.previous === true,
        filters: values.events === undefined ? [] : [...FILTERS[values.events as 'put' | 'delete']],
        fragment: true,
      }),
    )
    this.#open()
    if (!this.#isOver) this.#beat(HEARTBEAT_MS)
  }

  /** The head alone: who asks for no more would wait for an end that never comes. */
  describe(): void {
    this.#call.begin(this.#format.content)
    this.#call.exchange.node.response.end()
  }

  /** It ends from here, and whoever watches is told why. */
  leave(failure: Failure): void {
    if (this.#isOver) return
    const { response } = this.#call.exchange.node
    if (this.#hasBegun) response.end(this.#format.failure(failure))
    else this.#call.fail(failure)
    this.#finish()
  }

  // What the hub tells.

  get isWritable(): boolean {
    return this.#isWritable
  }

  notice(notice: WatchNotice): void {
    switch (notice.kind) {
      case 'created':
        this.#createdAt = notice.revision
        break
      case 'refused':
        this.leave(refusalOf(notice))
        break
      case 'compacted':
        this.leave(compacted(notice.compactRevision))
        break
      case 'progress':
        this.#progressed(notice.revision)
        break
      default:
        assert(notice.kind === 'canceled', 'all notices are known')
    }
  }

  /** The head waits until nothing else can be told by its status. */
  #open(): void {
    if (this.#hasBegun || this.#isOver) return
    this.#hasBegun = true
    this.#call.begin(this.#format.content)
    const { revision, seen } = this.#resume ?? { revision: this.#createdAt + 1, seen: 0 }
    // Within a revision no id but that of the client says where it goes on.
    this.#lastId = seen > 0 ? eventId(revision, seen, false) : eventId(revision - 1, 0, true)
    this.#write(this.#format.ready(this.#lastId))
  }

  #progressed(revision: number): void {
    this.#open()
    this.#lastId = eventId(revision, 0, true)
    this.#write(this.#format.progress(revision))
  }

  events(_: WatchTarget, batch: WatchBatch): void {
    this.#open()
    const seen = this.#resume !== null && this.#resume.seen > 0 ? this.#resume : null
    const from = { place: this.#place, seen: this.#hasPassed(seen) ? null : seen }
    const { text, place } = this.#told.tell(batch, this.#format, from)
    this.#place = place
    if (text === '') return
    this.#lastId = eventId(place.revision, place.told, place.told === 0)
    this.#write(text)
  }

  /** Everything of the revision that it has come back to was told. */
  #hasPassed(seen: ResumePoint | null): boolean {
    return seen !== null && this.#place.revision >= seen.revision && this.#place.told === 0
  }

  // What is written.

  #write(text: string): void {
    if (this.#isOver) return
    this.#wroteMs = this.#call.parts.clock.monotonicMs()
    this.#isWritable = this.#call.exchange.node.response.write(text)
    if (!this.#isWritable) this.#stall()
  }

  #stall(): void {
    const { clock } = this.#call.parts
    this.#stalled ??= clock.after(STALLED_MS_MAX, () => this.#call.exchange.node.response.destroy())
  }

  #drained(): void {
    this.#stalled?.cancel()
    this.#stalled = null
    this.#isWritable = true
    this.#stream?.writable()
  }

  /** Looks again when it could have been silent for long enough. */
  #beat(delayMs: number): void {
    const { clock } = this.#call.parts
    this.#heartbeat = clock.after(delayMs, () => {
      if (this.#isOver) return
      const silentMs = clock.monotonicMs() - this.#wroteMs
      if (silentMs >= HEARTBEAT_MS && this.#isWritable) {
        // Told once everything up to it was told; meanwhile there is a sign of life.
        this.#stream?.progress()
        this.#write(this.#format.heartbeat(this.#lastId))
      }
      this.#beat(silentMs >= HEARTBEAT_MS ? HEARTBEAT_MS : HEARTBEAT_MS - silentMs)
    })
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#heartbeat?.cancel()
    this.#stalled?.cancel()
    this.#stream?.close()
    this.#ended(this)
  }
}

/** Who asks for JSON, and not for events as well, would have to take the events apart. */
function wantsLines(accept = ''): boolean {
  if (accept.includes(JSON_LINES.content.type)) return true
  return accept.includes(JSON_TYPE) && !accept.includes(EVENT_STREAM.content.type)
}

/** Where it goes on, or begins; null: with what happens from now on. */
function resumePointOf({ values, exchange }: RestCall): ResumePoint | null {
  const header = exchange.headers['last-event-id']
  const { after, from } = values
  // What a browser sends by itself when it comes back is newer than what stands in the URL.
  if (typeof header === 'string' && header !== '') return resumeAfter('Last-Event-ID', header)
  if (after !== undefined && from !== undefined) {
    throw new KvError('PARAMETER_INVALID', 'from and after both say where to begin: send one')
  }
  if (after !== undefined) return resumeAfter('after', after)
  return from === undefined ? null : { revision: from, seen: 0 }
}

function refusalOf({ refusal }: Extract<WatchNotice, { kind: 'refused' }>): Failure {
  if (refusal === 'tooMany') return { code: 'OVERLOADED', message: 'There are too many watches.' }
  return { code: 'PARAMETER_INVALID', message: 'No key is between start and end.' }
}

function compacted(revision: number): Failure {
  const message = `What happened before revision ${revision} is not known any more.`
  return { code: 'COMPACTED', message }
}
