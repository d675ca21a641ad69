import type { Chance } from '../../../../base/index.ts'
import {
  data,
  goaway,
  NOTHING,
  PREFACE,
  reset,
  settings,
} from '../../../conformance/testing/kit/frames.ts'
import type { OutputChecker } from './output-checker.ts'
import {
  anyControl,
  BlockMaker,
  bodyFrames,
  grpcMessage,
  headerFrames,
  mutated,
  noise,
  pick,
} from './pieces.ts'

/** What the fuzzer says next: whole frames, a whole session's worth in the end. */
export interface Script {
  first(): Buffer
  next(): Buffer
}

export interface ScriptOptions {
  readonly chance: Chance
  /** What the endpoint has said. */
  readonly checker: OutputChecker
  /** How many frames are changed, from 0 to 1. At 0 all is valid. */
  readonly wildness: number
}

export const METHODS = ['Echo', 'Hold', 'Refuse', 'Break', 'EchoAll', 'Pauses', 'Blast', 'Large']

const TIMEOUTS = ['1m', '50m', '10S', '1H', '99999999n', 'never', '1']

abstract class BaseScript implements Script {
  protected readonly chance: Chance
  protected readonly checker: OutputChecker
  protected readonly wildness: number
  protected readonly blocks: BlockMaker

  constructor({ chance, checker, wildness }: ScriptOptions) {
    this.chance = chance
    this.checker = checker
    this.wildness = wildness
    this.blocks = new BlockMaker(chance, wildness / 2)
  }

  abstract first(): Buffer
  protected abstract valid(): Buffer

  next(): Buffer {
    const { chance, checker } = this
    const answer = chance.happens(0.5) ? checker.unanswered.shift() : undefined
    const one = answer ?? this.valid()
    if (!chance.happens(this.wildness)) return one
    return chance.happens(0.02) ? noise(chance, chance.below(200)) : mutated(one, chance)
  }

  protected control(stream: number): Buffer {
    const { chance, blocks } = this
    return anyControl(stream, { chance, blocks, wild: chance.happens(this.wildness / 2) })
  }

  protected headers(stream: number, fields: readonly string[], end: boolean): Buffer {
    return headerFrames(stream, this.blocks.make(fields), { chance: this.chance, end })
  }

  /** A few messages, sometimes without their beginning or their end. */
  protected body(stream: number, end: boolean): Buffer {
    const { chance } = this
    let body: Buffer = NOTHING
    for (let i = chance.happens(0.8) ? 1 : chance.below(6); i > 0; i--) {
      body = Buffer.concat([body, grpcMessage(chance)])
    }
    if (chance.happens(0.03)) body = body.subarray(chance.below(body.length + 1))
    if (chance.happens(0.03)) body = body.subarray(0, chance.below(body.length + 1))
    return bodyFrames(stream, body, { chance, end })
  }
}

/** Plays the client. */
export class ClientScript extends BaseScript {
  #nextId = 1
  #open: number[] = []

  first(): Buffer {
    const begin = Buffer.concat([PREFACE, settings([4, pick(this.chance, [0, 500, 65_535, 1e9])])])
    return this.chance.happens(0.01 + this.wildness / 20) ? mutated(begin, this.chance) : begin
  }

  protected valid(): Buffer {
    const { chance } = this
    const kind = chance.below(100)
    const at = chance.below(this.#open.length)
    const stream = this.#open[at]
    if (stream === undefined || (kind < 35 && this.#open.length < 100)) return this.#request()
    if (kind < 65) {
      const end = chance.happens(0.5)
      if (end) this.#open.splice(at, 1)
      return this.body(stream, end)
    }
    if (kind < 68) {
      this.#open.splice(at, 1)
      return this.headers(stream, ['x-trailer', `${chance.below(5)}`], true)
    }
    if (kind < 75) {
      this.#open.splice(at, 1)
      return reset(stream, pick(chance, [0, 1, 5, 8]))
    }
    return this.control(stream)
  }

  #request(): Buffer {
    const { chance } = this
    const stream = this.#nextId
    this.#nextId += chance.happens(0.99) ? 2 : 20
    const method = chance.happens(0.98) ? pick(chance, METHODS) : 'Missing'
    const fields = [
      ':method',
      chance.happens(0.99) ? 'POST' : 'GET',
      ':scheme',
      'http',
      ':path',
      `/test.Test/${method}`,
      ':authority',
      'fuzz',
      'te',
      'trailers',
      'content-type',
      chance.happens(0.99) ? 'application/grpc' : 'text/html',
    ]
    if (chance.happens(0.1)) fields.push('grpc-timeout', pick(chance, TIMEOUTS))
    if (chance.happens(0.1)) fields.push('grpc-encoding', pick(chance, ['gzip', 'gzip', 'br']))
    if (chance.happens(0.1)) fields.push('grpc-accept-encoding', 'gzip')
    if (chance.happens(0.03)) fields.push('key-bin', pick(chance, ['AAA=', '?', 'A']))
    if (chance.happens(0.02)) fields.push('content-length', `${chance.below(70)}`)
    const whole = chance.happens(0.6)
    if (!whole) this.#open.push(stream)
    const head = this.headers(stream, fields, whole && chance.happens(this.wildness / 4))
    return whole ? Buffer.concat([head, this.body(stream, true)]) : head
  }
}

/** Plays the server. */
export class ServerScript extends BaseScript {
  #seen = 0
  /** Streams that want an answer, and those whose answer has begun. */
  #asked: number[] = []
  #begun: number[] = []

  first(): Buffer {
    const { chance } = this
    const begin = settings([3, pick(chance, [0, 1, 100, 1000])], [4, pick(chance, [0, 9, 65_535])])
    return chance.happens(0.01 + this.wildness / 20) ? mutated(begin, chance) : begin
  }

  protected valid(): Buffer {
    const { chance } = this
    for (; this.#seen < this.checker.opened.length; this.#seen++) {
      this.#asked.push(this.checker.opened[this.#seen] as number)
    }
    const kind = chance.below(100)
    if (kind < 35 && this.#asked.length > 0) {
      return this.#answer(this.#asked.splice(chance.below(this.#asked.length), 1)[0] as number)
    }
    const at = chance.below(this.#begun.length)
    const stream = this.#begun[at]
    if (stream === undefined || kind >= 80) return this.control(stream ?? this.#asked[0] ?? 0)
    if (kind < 60) return this.body(stream, false)
    this.#begun.splice(at, 1)
    if (kind < 66) return reset(stream, pick(chance, [0, 2, 7, 8, 11]))
    if (kind < 67) return this.body(stream, true)
    if (kind < 68) return goaway({ last: chance.happens(0.5) ? stream : 2 ** 31 - 1 })
    return this.headers(stream, this.#status(), true)
  }

  #answer(stream: number): Buffer {
    const { chance } = this
    const kind = chance.below(100)
    if (kind < 3) return reset(stream, pick(chance, [0, 7, 8]))
    if (kind < 6) return this.headers(stream, HEAD.concat(this.#status()), true)
    if (kind < 8) return this.headers(stream, [':status', pick(chance, ['404', '503', '99'])], true)
    if (kind < 10) {
      this.#asked.push(stream)
      return this.headers(stream, [':status', '103'], false)
    }
    const zipped = chance.happens(0.15) ? ['grpc-encoding', 'gzip'] : []
    const head = this.headers(stream, HEAD.concat(zipped), false)
    if (kind < 40) {
      this.#begun.push(stream)
      return head
    }
    const body = kind < 45 ? data(stream, NOTHING) : this.body(stream, false)
    return Buffer.concat([head, body, this.headers(stream, this.#status(), true)])
  }

  #status(): string[] {
    const { chance } = this
    const code = chance.happens(0.7) ? '0' : `${chance.below(20)}`
    const text = pick(chance, ['%C3%BC', '%FF%FE', '%', '%E2%82', 'plain', '\xff\xfe'])
    if (chance.happens(0.02)) return ['x-none', '1']
    return chance.happens(0.8) ? ['grpc-status', code] : ['grpc-status', code, 'grpc-message', text]
  }
}

const HEAD = [':status', '200', 'content-type', 'application/grpc']
