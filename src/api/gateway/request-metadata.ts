import type { IncomingMessage } from 'node:http'
import { Metadata } from '../../rpc/index.ts'

const GRPC_PREFIX = 'grpc-metadata-'

/**
 * What a call gets to know of the head of its request: `Grpc-Metadata-X` as `x`, and the token of
 * `Authorization` under the name that etcd's clients of gRPC give it. What cannot be metadata is
 * left out.
 */
export function metadataOf({ rawHeaders, headers }: IncomingMessage): Metadata {
  const fields: string[] = []
  const token = headers.authorization
  if (token !== undefined) fields.push('token', token)
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (!name.startsWith(GRPC_PREFIX)) continue
    fields.push(name.slice(GRPC_PREFIX.length), rawHeaders[at + 1] as string)
  }
  return Metadata.received(fields)
}
