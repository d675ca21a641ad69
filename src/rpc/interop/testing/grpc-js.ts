import { once } from 'node:events'
import type { TestContext } from 'node:test'
import {
  Client,
  type ClientOptions,
  credentials,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerOptions,
} from '@grpc/grpc-js'
import { echo, type MethodDescription } from '../../../wire/index.ts'
import { SERVER_NAME } from './certificates.ts'
import { HOLD_PATH } from './echo-service.ts'
import { HOST } from './own.ts'

/** The echo service on `@grpc/grpc-js`, and its client, with our codecs. */

type Request = echo.EchoRequest
type Response = echo.EchoResponse

const { unary, clientStream, serverStream, bidirectional } = echo.Echo.methods

function definition(
  description: MethodDescription<Request, Response>,
): MethodDefinition<Request, Response> {
  return {
    path: description.path,
    requestStream: description.requestStream,
    responseStream: description.responseStream,
    requestSerialize: (request) => Buffer.from(echo.EchoRequest.encodeBytes(request)),
    requestDeserialize: (bytes) => echo.EchoRequest.decodeBytes(bytes),
    responseSerialize: (response) => Buffer.from(echo.EchoResponse.encodeBytes(response)),
    responseDeserialize: (bytes) => echo.EchoResponse.decodeBytes(bytes),
  }
}

export const METHODS = {
  unary: definition(unary),
  hold: definition({ ...unary, path: HOLD_PATH }),
  clientStream: definition(clientStream),
  serverStream: definition(serverStream),
  bidirectional: definition(bidirectional),
}

export function grpcJsClient(
  context: TestContext,
  port: number,
  { authority, ...options }: ClientOptions & { readonly authority?: Uint8Array } = {},
): Client {
  const trust =
    authority === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(Buffer.from(authority))
  // It takes the address for the name that the certificate bears, and refuses it itself.
  const name = authority === undefined ? {} : { 'grpc.ssl_target_name_override': SERVER_NAME }
  const client = new Client(`${HOST}:${port}`, trust, { ...name, ...options })
  context.after(() => client.close())
  return client
}

export interface GrpcJsServer {
  readonly port: number
  /** Calls that may be cancelled and have come so far. */
  readonly begun: () => number
  /** Those whose client went away. */
  readonly cancelled: () => number
  /** What came with the last call. */
  readonly metadata: () => Metadata
  /** Settles when the calls that are there have ended. */
  readonly leave: () => Promise<void>
}

/** Calls of `Hold` are never answered. */
export async function serveGrpcJs(
  context: TestContext,
  options: ServerOptions = {},
): Promise<GrpcJsServer> {
  let begun = 0
  let cancelled = 0
  let metadata = new Metadata()
  const server = new Server(options)
  server.addService(METHODS, {
    unary: ((call, callback) => {
      metadata = call.metadata
      call.sendMetadata(picked(call.metadata, 'echo-initial'))
      const trailing = picked(call.metadata, 'echo-trailing-bin')
      const failure = failureOf(call.request)
      if (failure === null) callback(null, { payload: call.request.payload }, trailing)
      else callback({ ...failure, metadata: trailing })
    }) satisfies handleUnaryCall<Request, Response>,
    hold: ((call) => {
      begun += 1
      call.on('cancelled', () => {
        cancelled += 1
      })
    }) satisfies handleUnaryCall<Request, Response>,
    clientStream: ((call, callback) => {
      const parts: Uint8Array[] = []
      call.on('data', (request: Request) => {
        const failure = failureOf(request)
        if (failure === null) parts.push(request.payload)
        else callback(failure)
      })
      call.on('end', () => callback(null, { payload: Buffer.concat(parts) }))
    }) satisfies handleClientStreamingCall<Request, Response>,
    serverStream: (async (call) => {
      const { payload, repeat } = call.request
      for (let i = 0; i < repeat; i++) {
        if (!call.write({ payload })) await once(call, 'drain')
      }
      const failure = failureOf(call.request)
      if (failure === null) call.end()
      else call.emit('error', failure)
    }) satisfies handleServerStreamingCall<Request, Response>,
    bidirectional: ((call) => {
      begun += 1
      call.on('cancelled', () => {
        cancelled += 1
      })
      call.on('data', (request: Request) => {
        const failure = failureOf(request)
        if (failure !== null) call.emit('error', failure)
        else if (!call.write({ payload: request.payload })) {
          call.pause()
          call.once('drain', () => call.resume())
        }
      })
      call.on('end', () => call.end())
    }) satisfies handleBidiStreamingCall<Request, Response>,
  })
  context.after(() => server.forceShutdown())
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  const leave = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)))
    })
  return { port, begun: () => begun, cancelled: () => cancelled, metadata: () => metadata, leave }
}

function failureOf({ failStatus, failText }: Request): { code: number; details: string } | null {
  return failStatus === 0 ? null : { code: failStatus, details: failText }
}

function picked(metadata: Metadata, name: string): Metadata {
  const kept = new Metadata()
  for (const value of metadata.get(name)) kept.add(name, value)
  return kept
}
