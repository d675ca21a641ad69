import assert from 'node:assert/strict'
import { LocalCall, Metadata, type Method, type Status, statusName } from '../../../rpc/index.ts'
import type { MethodDescription } from '../../../wire/index.ts'

/** Calls the methods of a door within the process. */

export type Described<Request, Response> = Pick<
  MethodDescription<Request, Response>,
  'path' | 'request' | 'response'
>

/** One call, and what came back so far. */
export class LocalAnswers<Request, Response> {
  readonly messages: Response[] = []
  readonly call: LocalCall
  readonly #described: Described<Request, Response>
  readonly #end = Promise.withResolvers<Status>()
  /** Whether the caller reads on. */
  reads = true
  /** Times that the handler said it has room again. */
  readies = 0
  status: Status | null = null
  trailing: Metadata = Metadata.EMPTY

  constructor(
    method: Method,
    described: Described<Request, Response>,
    { metadata = Metadata.EMPTY }: { readonly metadata?: Metadata } = {},
  ) {
    this.#described = described
    this.call = new LocalCall(method, {
      metadata,
      receiver: {
        message: (bytes, offset, length) => {
          const own = bytes.slice(offset, offset + length)
          this.messages.push(described.response.decode(own, 0, length))
          return this.reads
        },
        ready: () => {
          this.readies += 1
        },
        ended: (status, trailing) => {
          this.status = status
          this.trailing = trailing
          this.#end.resolve(status)
        },
      },
      onFault: (error) => this.#end.reject(error),
    })
    this.call.begin()
  }

  /** Resolves when the call has ended. */
  get end(): Promise<Status> {
    return this.#end.promise
  }

  /** Such as `NOT_FOUND etcdserver: member not found`; of a call that goes on, undefined. */
  get outcome(): string | undefined {
    if (this.status === null) return undefined
    return `${statusName(this.status.code)} ${this.status.message}`.trim()
  }

  get message(): Response {
    const [message] = this.messages
    assert.ok(message !== undefined, `an answer was expected, not ${this.outcome}`)
    return message
  }

  send(request: Request): boolean {
    const bytes = new Uint8Array(this.#described.request.encodedLength(request))
    this.#described.request.encode(request, bytes, 0)
    return this.sendBytes(bytes)
  }

  sendBytes(bytes: Uint8Array): boolean {
    const taken = this.call.send(bytes, 0, bytes.length)
    // What is not the handler's any more may be anything.
    bytes.fill(0xee)
    return taken
  }
}

export class LocalClient {
  readonly #methods: ReadonlyMap<string, Method>

  constructor(methods: readonly Method[]) {
    this.#methods = new Map(methods.map((method) => [method.path, method]))
  }

  open<Request, Response>(
    described: Described<Request, Response>,
    options: { readonly metadata?: Metadata } = {},
  ): LocalAnswers<Request, Response> {
    const method = this.#methods.get(described.path)
    assert.ok(method !== undefined, `there is a method ${described.path}`)
    return new LocalAnswers(method, described, options)
  }

  /** A unary call, or a stream with one message. */
  ask<Request, Response>(
    described: Described<Request, Response>,
    request: Request,
    options: { readonly metadata?: Metadata } = {},
  ): LocalAnswers<Request, Response> {
    const answers = this.open(described, options)
    answers.send(request)
    return answers
  }
}
