import { echo } from '../../../wire/index.ts'
import {
  Metadata,
  type Method,
  type ServerCall,
  type StatusCode,
  type StreamHandler,
} from '../../index.ts'

/**
 * The echo service on our server. What the client sends as `echo-initial` and `echo-trailing-bin`
 * comes back before and after the answer; see `proto/quorate/echo/v1/echo.proto` for the rest.
 */

export const { unary, clientStream, serverStream, bidirectional } = echo.Echo.methods

/** A method that is in no description: it answers when the test says so. */
export const HOLD_PATH = '/quorate.echo.v1.Echo/Hold'

export class EchoService {
  readonly methods: readonly Method[]
  /** Calls of `Hold`, in their order. */
  readonly held: ServerCall[] = []
  /** Calls of any method whose client is gone, or whose time. */
  readonly cancelled: ServerCall[] = []

  constructor() {
    this.methods = [
      {
        kind: 'unary',
        path: unary.path,
        handle: (call, bytes, offset, length) => {
          echoMetadata(call)
          const request = unary.request.decode(bytes, offset, length)
          if (!failsAsAsked(call, request)) answer(call, request.payload)
        },
      },
      {
        kind: 'unary',
        path: HOLD_PATH,
        handle: (call) => {
          call.onCancel = () => this.cancelled.push(call)
          this.held.push(call)
        },
      },
      { kind: 'stream', path: clientStream.path, open: (call) => this.#gather(call) },
      { kind: 'stream', path: serverStream.path, open: (call) => this.#repeat(call) },
      { kind: 'stream', path: bidirectional.path, open: (call) => this.#echo(call) },
    ]
  }

  #handler(call: ServerCall, handler: Partial<StreamHandler>): StreamHandler {
    echoMetadata(call)
    return {
      message: () => {},
      ended: () => {},
      writable: () => {},
      cancelled: () => this.cancelled.push(call),
      ...handler,
    }
  }

  #gather(call: ServerCall): StreamHandler {
    const parts: Uint8Array[] = []
    return this.#handler(call, {
      message: (bytes, offset, length) => {
        const request = clientStream.request.decode(bytes, offset, length)
        if (!failsAsAsked(call, request)) parts.push(request.payload.slice())
      },
      ended: () => answer(call, Buffer.concat(parts)),
    })
  }

  #repeat(call: ServerCall): StreamHandler {
    let [message, left]: [Uint8Array, number] = [new Uint8Array(0), 0]
    let fail = (): boolean => false
    const go = (): void => {
      while (left > 0) {
        left -= 1
        if (!call.write(message, 0, message.length)) return
      }
      if (!fail()) call.end()
    }
    return this.#handler(call, {
      message: (bytes, offset, length) => {
        const request = serverStream.request.decode(bytes, offset, length)
        message = serverStream.response.encodeBytes({ payload: request.payload })
        left = request.repeat
        fail = () => failsAsAsked(call, request)
      },
      ended: go,
      writable: go,
    })
  }

  #echo(call: ServerCall): StreamHandler {
    return this.#handler(call, {
      message: (bytes, offset, length) => {
        const request = bidirectional.request.decode(bytes, offset, length)
        if (failsAsAsked(call, request)) return
        const response = bidirectional.response.encodeBytes({ payload: request.payload })
        if (!call.write(response, 0, response.length)) call.pause()
      },
      ended: () => call.end(),
      writable: () => call.resume(),
    })
  }
}

function answer(call: ServerCall, payload: Uint8Array): void {
  const bytes = unary.response.encodeBytes({ payload })
  call.answer(bytes, 0, bytes.length)
}

function failsAsAsked(call: ServerCall, request: echo.EchoRequest): boolean {
  if (request.failStatus === 0) return false
  call.fail(request.failStatus as StatusCode, request.failText)
  return true
}

function echoMetadata(call: ServerCall): void {
  const { metadata } = call
  const initial = metadata.get('echo-initial')
  const trailing = metadata.bytes('echo-trailing-bin')
  if (initial !== null) call.setInitial(Metadata.of(['echo-initial', initial]))
  if (trailing !== null) {
    call.setTrailing(Metadata.EMPTY.withBytes('echo-trailing-bin', trailing))
  }
}
