import { echo, type MethodDescription } from '../../../wire/index.ts'
import type { CallEnd, CallOptions, CallReceiver, ClientCall, RpcChannel } from '../../index.ts'
import { Metadata, statusName } from '../../index.ts'

/** Our client, as a test wants to use it: promises, and messages that are decoded. */

export function echoRequest(fields: Partial<echo.EchoRequest>): echo.EchoRequest {
  return echo.EchoRequest.create(fields)
}

type Described<Request, Response> = Pick<
  MethodDescription<Request, Response>,
  'path' | 'request' | 'response'
>

/** What comes back of a call. */
export class Answers<Response> implements CallReceiver {
  readonly messages: Response[] = []
  readonly end: Promise<CallEnd>
  initial: Metadata = Metadata.EMPTY
  result: CallEnd | null = null
  onWritable: (() => void) | null = null
  readonly #decode: (bytes: Uint8Array, offset: number, length: number) => Response
  readonly #resolve: (end: CallEnd) => void

  constructor(decode: (bytes: Uint8Array, offset: number, length: number) => Response) {
    const { promise, resolve } = Promise.withResolvers<CallEnd>()
    this.end = promise
    this.#resolve = resolve
    this.#decode = decode
  }

  /** The name of the status, once the call has ended. */
  get status(): Promise<string> {
    return this.end.then(({ status }) => statusName(status.code))
  }

  get text(): Promise<string> {
    return this.end.then(({ status }) => status.message)
  }

  get trailing(): Promise<Metadata> {
    return this.end.then(({ trailers }) => Metadata.received(trailers))
  }

  began(initial: Metadata): void {
    this.initial = initial
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    this.messages.push(this.#decode(bytes.slice(offset, offset + length), 0, length))
  }

  ended(end: CallEnd): void {
    this.result = end
    this.#resolve(end)
  }

  writable(): void {
    this.onWritable?.()
  }
}

export interface OwnCall<Request, Response> {
  readonly answers: Answers<Response>
  readonly call: ClientCall
  readonly write: (request: Request) => boolean
}

export function callUnary<Request, Response>(
  channel: RpcChannel,
  method: Described<Request, Response>,
  { request, ...options }: CallOptions & { readonly request: Request },
): OwnCall<Request, Response> {
  const answers = new Answers(method.response.decode.bind(method.response))
  const bytes = encoded(method, request)
  const whole = { bytes, offset: 0, length: bytes.length }
  const call = channel.unary(method.path, whole, answers, options)
  return { answers, call, write: () => false }
}

/** Resolves once it may be written. */
export function callStream<Request, Response>(
  channel: RpcChannel,
  method: Described<Request, Response>,
  options: CallOptions = {},
): Promise<OwnCall<Request, Response>> {
  const answers = new Answers(method.response.decode.bind(method.response))
  const { promise, resolve, reject } = Promise.withResolvers<OwnCall<Request, Response>>()
  const write = (request: Request): boolean => {
    const bytes = encoded(method, request)
    return call.write(bytes, 0, bytes.length, false)
  }
  answers.onWritable = () => {
    answers.onWritable = null
    resolve({ answers, call, write })
  }
  answers.end.then(({ status }) => reject(new Error(status.message)), reject)
  const call = channel.stream(method.path, answers, options)
  return promise
}

/** Writes all of them as fast as they are taken, and the end. */
export function writeAll<Request, Response>(
  { answers, call, write }: OwnCall<Request, Response>,
  requests: readonly Request[],
): void {
  let at = 0
  const go = (): void => {
    while (at < requests.length) {
      if (!write(requests[at++] as Request)) return
    }
    call.end()
  }
  answers.onWritable = go
  go()
}

function encoded<Request>(
  { request: codec }: Pick<Described<Request, unknown>, 'request'>,
  request: Request,
): Uint8Array {
  const bytes = new Uint8Array(codec.encodedLength(request))
  codec.encode(request, bytes, 0)
  return bytes
}
