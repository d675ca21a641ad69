/** Client cases of the shapes that come up again and again. */

import assert from 'node:assert/strict'
import type { ClientCase } from './case.ts'
import { data, type ErrorName, headers, type Setting } from './kit/frames.ts'
import { block, type Field } from './kit/hpack-writer.ts'
import { ANSWER, type RawServer, type Request } from './kit/raw-server.ts'
import { expectAnswered, expectFailed } from './run-client.ts'

export type Send = (peer: RawServer, request: Request) => Buffer[]

interface Options {
  readonly send: Send
  readonly node?: string
}

type Note = Pick<ClientCase, 'node'>

function note({ node }: { readonly node?: string }): Note {
  return node === undefined ? {} : { node }
}

/** What we send while a call waits must end the connection, and fail the call. */
export function clientConnectionError(
  id: string,
  title: string,
  options: Options & { readonly codes: readonly ErrorName[]; readonly settings?: Setting[] },
): ClientCase {
  return {
    id,
    title,
    ...note(options),
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin(...(options.settings ?? []))
      scene.serveNext()
      peer.send(...options.send(peer, request))
      await peer.expectConnectionError(...options.codes)
      await expectFailed(outcome)
    },
  }
}

/** What we send must end the stream of the call; or the connection, which is always allowed. */
export function clientStreamError(
  id: string,
  title: string,
  options: Options & { readonly codes: readonly ErrorName[] },
): ClientCase {
  return {
    id,
    title,
    ...note(options),
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(...options.send(peer, request))
      await peer.expectStreamError(request.stream, ...options.codes)
      await expectFailed(outcome)
    },
  }
}

/** A response that no client may accept (RFC 9113 §8.1.1), while its stream is still open. */
export function malformedResponse(id: string, title: string, options: Options): ClientCase {
  return clientStreamError(id, title, { ...options, codes: ['PROTOCOL_ERROR'] })
}

/** The same for a header section alone. */
export function malformedHead(
  id: string,
  title: string,
  { fields, node }: { fields: readonly Field[]; node?: string },
): ClientCase {
  const send: Send = (_, { stream }) => [headers(stream, block(fields))]
  return malformedResponse(id, title, node === undefined ? { send } : { send, node })
}

/** A malformed response that ends its stream: there may be nothing left to reset. */
export function malformedToTheEnd(id: string, title: string, options: Options): ClientCase {
  return {
    id,
    title,
    ...note(options),
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(...options.send(peer, request))
      await expectFailed(outcome)
      if (peer.over) return
      for (const item of await peer.roundTrip()) {
        assert.ok(item.kind === 'reset' && item.stream === request.stream)
        assert.equal(item.code, 'PROTOCOL_ERROR')
      }
    },
  }
}

/** An unusual answer that is allowed. */
export function accepted(id: string, title: string, options: Options): ClientCase {
  return {
    id,
    title,
    ...note(options),
    run: async (scene) => {
      const { peer, request, outcome } = await scene.begin()
      peer.send(...options.send(peer, request))
      await expectAnswered(outcome)
      await peer.expectNothing()
    },
  }
}

/** Frames before an ordinary answer that change nothing. */
export function ignoredByClient(id: string, title: string, options: Options): ClientCase {
  const send: Send = (peer, request) => [
    ...options.send(peer, request),
    peer.answer(request.stream, request.body),
  ]
  return accepted(id, title, { ...options, send })
}

/** A good answer in the usual frames, with a header block of these octets. */
export function answerWith(request: Request, head: Buffer): Buffer[] {
  const { stream, body } = request
  const trailers = headers(stream, block([['grpc-status', '0']]), { end: true })
  return [headers(stream, head), data(stream, body), trailers]
}

export function answerBlock(...extra: readonly Field[]): Buffer {
  return block([...ANSWER, ...extra])
}
