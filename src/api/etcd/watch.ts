/**
 * etcd's Watch service. The hub of the group knows the watchers and what each of them is owed; here
 * it becomes messages. A client that sends nothing more still gets its events; the stream ends with
 * the call (etcd, v3rpc/watch.go).
 */

import { assert } from '../../base/index.ts'
import type { Method, ServerCall, StreamHandler } from '../../rpc/index.ts'
import type {
  WatchBatch,
  WatchNotice,
  WatchRefusal,
  WatchSink,
  WatchStream,
  WatchTarget,
} from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { fail } from './answer.ts'
import { type Door, streaming } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import { WatchAnswers } from './watch-answer.ts'

const { watch } = etcd.Watch.methods

const REASONS: Readonly<Record<WatchRefusal, string>> = {
  startNegative: ETCD_ERRORS.compacted.text,
  rangeEmpty: 'mvcc: watcher range is empty',
  duplicateId: 'mvcc: duplicate watch ID provided on the WatchStream',
  tooMany: ETCD_ERRORS.tooManyWatches.text,
}

const TWO_TO_32 = 2 ** 32

/** All streams of the node, which end when it leaves. */
export class WatchService {
  readonly method: Method
  readonly #streams = new Set<WatchCall>()

  constructor(door: Door) {
    const forget = (call: WatchCall): void => void this.#streams.delete(call)
    const answers = new WatchAnswers(door)
    this.method = streaming(door, watch.path, (call) => {
      const stream = new WatchCall({ door, answers, forget }, call)
      this.#streams.add(stream)
      return stream
    })
  }

  leave(): void {
    for (const stream of [...this.#streams]) stream.leave()
  }
}

interface WatchParts {
  readonly door: Door
  readonly answers: WatchAnswers
  readonly forget: (stream: WatchCall) => void
}

class WatchCall implements StreamHandler, WatchSink {
  readonly #door: Door
  readonly #call: ServerCall
  readonly #forget: (stream: WatchCall) => void
  readonly #answers: WatchAnswers
  readonly #stream: WatchStream
  #mayWrite = true
  #paused = false

  constructor({ door, answers, forget }: WatchParts, call: ServerCall) {
    this.#door = door
    this.#call = call
    this.#forget = forget
    this.#answers = answers
    const { node, chance } = door
    const jitter = chance.uint32() / TWO_TO_32
    this.#stream = node.watchHub(node.defaultGroup).openStream(this, jitter)
  }

  // What the client says.

  message(bytes: Uint8Array, offset: number, length: number): void {
    const { requestUnion } = watch.request.decode(bytes, offset, length)
    switch (requestUnion?.kind) {
      case 'createRequest':
        this.#stream.create(requestUnion.value)
        break
      case 'cancelRequest':
        this.#stream.cancel(requestUnion.value.watchId)
        break
      case 'progressRequest':
        this.#stream.progress()
        break
      default:
      // etcd ignores what asks for nothing.
    }
  }

  /** It watches on. */
  ended(): void {}

  writable(): void {
    this.#mayWrite = true
    this.#pauseOrResume()
    this.#stream.writable()
  }

  cancelled(): void {
    this.#stream.close()
    this.#forget(this)
  }

  /** The node leaves. */
  leave(): void {
    this.cancelled()
    fail(this.#call, ETCD_ERRORS.stopped)
  }

  // What the hub tells.

  get isWritable(): boolean {
    return this.#mayWrite
  }

  notice(notice: WatchNotice): void {
    const answer = etcd.WatchResponse.encodeBytes(this.#answerOf(notice))
    this.#write(answer, answer.length)
  }

  events(target: WatchTarget, batch: WatchBatch): void {
    assert(this.#mayWrite, 'events are for who takes them')
    const length = this.#answers.encode(target, batch)
    this.#write(this.#answers.bytes, length)
  }

  #write(bytes: Uint8Array, length: number): void {
    if (this.#call.isOver) return
    this.#mayWrite = this.#call.write(bytes, 0, length)
    this.#pauseOrResume()
  }

  /** Who asks and does not read has to wait with asking. */
  #pauseOrResume(): void {
    if (this.#paused === !this.#mayWrite) return
    this.#paused = !this.#mayWrite
    if (this.#paused) this.#call.pause()
    else this.#call.resume()
  }

  #answerOf(notice: WatchNotice): etcd.WatchResponse {
    const { node, answers } = this.#door
    const group = node.defaultGroup
    const header = answers.header(group, notice.kind === 'compacted' ? 0 : notice.revision)
    const answer = etcd.WatchResponse.create({ header })
    if (notice.kind === 'refused') {
      const cancelReason = REASONS[notice.refusal]
      return { ...answer, watchId: -1n, created: true, canceled: true, cancelReason }
    }
    answer.watchId = notice.watchId
    if (notice.kind === 'compacted') {
      return { ...answer, canceled: true, compactRevision: notice.compactRevision }
    }
    return { ...answer, created: notice.kind === 'created', canceled: notice.kind === 'canceled' }
  }
}
