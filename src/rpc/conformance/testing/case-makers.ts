/** Cases of the shapes that come up again and again. */

import type { ServerCase } from './case.ts'
import { data, type ErrorName, headers } from './kit/frames.ts'
import type { Field } from './kit/hpack-writer.ts'
import { message, type RawClient, type Replacements } from './kit/raw-client.ts'

export const BODY = message(4)

export interface Violation {
  /** Errors that the RFC allows here, the one it names first. */
  readonly codes: readonly ErrorName[]
  /** What leads up to it, when that has to be answered first. */
  readonly before?: (peer: RawClient) => Promise<void>
  readonly send: (peer: RawClient) => Buffer[]
  readonly node?: string
}

type Note = Pick<ServerCase, 'node'>

function note(node: string | undefined): Note {
  return node === undefined ? {} : { node }
}

/** What is sent must end the connection. */
export function connectionError(id: string, title: string, violation: Violation): ServerCase {
  const { codes, before, send, node } = violation
  return {
    id,
    title,
    ...note(node),
    run: async (peer) => {
      await before?.(peer)
      peer.send(...send(peer))
      await peer.expectConnectionError(...codes)
    },
  }
}

/** What is sent must end stream 1; ending the connection instead is allowed (RFC 9113 §5.4.1). */
export function streamError(id: string, title: string, violation: Violation): ServerCase {
  const { codes, before, send, node } = violation
  return {
    id,
    title,
    ...note(node),
    run: async (peer) => {
      await before?.(peer)
      peer.send(...send(peer))
      await peer.expectStreamError(1, ...codes)
    },
  }
}

/** The request on stream 1 is malformed (RFC 9113 §8.1.1). */
export function malformed(
  id: string,
  title: string,
  { send, node }: { send: (peer: RawClient) => Buffer[]; node?: string },
): ServerCase {
  return {
    id,
    title,
    ...note(node),
    run: async (peer) => {
      peer.send(...send(peer))
      await peer.expectMalformed(1)
    },
  }
}

export interface FieldOptions {
  readonly replaced?: Replacements
  readonly extra?: readonly Field[]
  readonly node?: string
}

/** A request whose header section alone is malformed. */
export function malformedFields(id: string, title: string, options: FieldOptions): ServerCase {
  const { replaced = {}, extra = [], node } = options
  const send = (peer: RawClient): Buffer[] => [
    headers(1, peer.block(replaced, ...extra)),
    data(1, BODY, { end: true }),
  ]
  return malformed(id, title, node === undefined ? { send } : { send, node })
}

/** A request that is unusual and allowed: it is answered like any other. */
export function served(
  id: string,
  title: string,
  { send, node }: { send: (peer: RawClient) => Buffer[]; node?: string },
): ServerCase {
  return {
    id,
    title,
    ...note(node),
    run: async (peer) => {
      peer.send(...send(peer))
      await peer.expectEcho(1)
    },
  }
}

/** Nothing comes of it: no answer, no error. */
export function ignored(
  id: string,
  title: string,
  { send, node }: { send: (peer: RawClient) => Buffer[]; node?: string },
): ServerCase {
  return {
    id,
    title,
    ...note(node),
    run: async (peer) => {
      peer.send(...send(peer))
      await peer.expectNothing()
    },
  }
}
