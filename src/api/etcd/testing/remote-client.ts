import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  type Address,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
} from '../../../io/index.ts'
import {
  type CallEnd,
  type CallReceiver,
  type ClientCall,
  Metadata,
  type Method,
  RpcChannel,
  RpcServer,
  statusName,
} from '../../../rpc/index.ts'
import { ETCD_MESSAGE_BYTES_MAX } from '../limits.ts'
import type { Described } from './local-client.ts'

/** Real sockets: our server with a door's methods, and a client of whatever listens. */

export const HOST = '127.0.0.1'

/** Only a test that fails waits this long. */
export const PATIENCE_MS = 10_000

const clock = createNodeClock()
const gzip = createNodeGzip()
const sockets = createNodeSockets()

/** Closed with the test. What a handler throws that is no expected failure fails the test. */
export async function serve(
  context: Pick<TestContext, 'after'>,
  methods: readonly Method[],
): Promise<Address> {
  const faults: unknown[] = []
  const messageBytesMax = ETCD_MESSAGE_BYTES_MAX
  const onFault = (error: unknown): void => void faults.push(error)
  const server = new RpcServer({ clock, gzip, methods, messageBytesMax, onFault })
  const listener = await sockets.listen({ host: HOST, port: 0 }, (socket) => server.accept(socket))
  context.after(async () => {
    server.destroy()
    await listener.close()
    assert.deepEqual(faults, [])
  })
  return listener.address
}

/** Looks again after each turn until it holds. */
export function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUpMs = clock.monotonicMs() + PATIENCE_MS
    const look = (): void => {
      if (holds()) resolve()
      else if (clock.monotonicMs() > giveUpMs)
        reject(new assert.AssertionError({ message: `never: ${holds}` }))
      else clock.after(1, look)
    }
    look()
  })
}

interface Options {
  readonly metadata?: Metadata
}

/** One call, and what came back so far. */
export class RemoteAnswers<Request, Response> {
  readonly messages: Response[] = []
  readonly #described: Described<Request, Response>
  readonly #began = Promise.withResolvers<void>()
  readonly #end = Promise.withResolvers<string>()
  #call: ClientCall | null = null
  outcome: string | undefined

  constructor(described: Described<Request, Response>) {
    this.#described = described
  }

  begin(call: ClientCall): void {
    this.#call = call
  }

  /** Such as `NOT_FOUND etcdserver: member not found`. */
  get end(): Promise<string> {
    return this.#end.promise
  }

  /** A stream may be written from then on. */
  get opened(): Promise<void> {
    return this.#began.promise
  }

  get message(): Response {
    const [message] = this.messages
    assert.ok(message !== undefined, `an answer was expected, not ${this.outcome}`)
    return message
  }

  send(request: Request): void {
    const { request: codec } = this.#described
    const bytes = new Uint8Array(codec.encodedLength(request))
    codec.encode(request, bytes, 0)
    this.#call?.write(bytes, 0, bytes.length, false)
  }

  sendEnd(): void {
    this.#call?.end()
  }

  cancel(): void {
    this.#call?.cancel()
  }

  // For the channel.

  received(bytes: Uint8Array): void {
    this.messages.push(this.#described.response.decode(bytes, 0, bytes.length))
  }

  writable(): void {
    this.#began.resolve()
  }

  ended({ status }: CallEnd): void {
    this.outcome = `${statusName(status.code)} ${status.message}`.trim()
    this.#began.resolve()
    this.#end.resolve(this.outcome)
  }
}

export class RemoteClient {
  /** Of whom it asks. */
  readonly address: Address
  readonly #channel: RpcChannel

  constructor(context: Pick<TestContext, 'after'>, address: Address) {
    this.address = address
    const faults: unknown[] = []
    this.#channel = new RpcChannel({
      clock,
      gzip,
      chance: createNodeChance(),
      endpoints: [address],
      connect: (endpoint) => sockets.connect(endpoint),
      scheme: 'http',
      messageBytesMax: 64 * 1024 * 1024,
      onFault: (error) => faults.push(error),
    })
    context.after(() => {
      this.#channel.close()
      assert.deepEqual(faults, [])
    })
  }

  /** A unary call; resolves with its end. */
  async ask<Request, Response>(
    described: Described<Request, Response>,
    request: Request,
    options: Options = {},
  ): Promise<RemoteAnswers<Request, Response>> {
    const answers = this.call(described, request, options)
    await answers.end
    return answers
  }

  /** A unary call that is under way. */
  call<Request, Response>(
    described: Described<Request, Response>,
    request: Request,
    { metadata = Metadata.EMPTY }: Options = {},
  ): RemoteAnswers<Request, Response> {
    const bytes = new Uint8Array(described.request.encodedLength(request))
    described.request.encode(request, bytes, 0)
    const answers = new RemoteAnswers(described)
    const whole = { bytes, offset: 0, length: bytes.length }
    const receiver = receiverOf(answers)
    answers.begin(this.#channel.unary(described.path, whole, receiver, { metadata }))
    return answers
  }

  /** Resolves once it may be written. */
  async stream<Request, Response>(
    described: Described<Request, Response>,
    { metadata = Metadata.EMPTY }: Options = {},
  ): Promise<RemoteAnswers<Request, Response>> {
    const answers = new RemoteAnswers(described)
    answers.begin(this.#channel.stream(described.path, receiverOf(answers), { metadata }))
    await answers.opened
    return answers
  }

  /** Sends bytes that may be no message; resolves with the end of the call. */
  async sendBytes(path: string, bytes: Uint8Array, isStream: boolean): Promise<string> {
    const ended = Promise.withResolvers<string>()
    const writable = Promise.withResolvers<void>()
    const receiver: CallReceiver = {
      began: () => {},
      message: () => {},
      writable: () => writable.resolve(),
      ended: ({ status }) => {
        writable.resolve()
        ended.resolve(`${statusName(status.code)} ${status.message}`.trim())
      },
    }
    const whole = { bytes, offset: 0, length: bytes.length }
    if (!isStream) {
      this.#channel.unary(path, whole, receiver)
    } else {
      const call = this.#channel.stream(path, receiver)
      await writable.promise
      call.write(bytes, 0, bytes.length, false)
      call.end()
    }
    return ended.promise
  }
}

function receiverOf<Request, Response>(answers: RemoteAnswers<Request, Response>): CallReceiver {
  return {
    began: () => {},
    message: (bytes, offset, length) => answers.received(bytes.slice(offset, offset + length)),
    writable: () => answers.writable(),
    ended: (end) => answers.ended(end),
  }
}
