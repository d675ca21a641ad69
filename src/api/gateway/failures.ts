/** How a call that failed is told over HTTP. */

import { KvError } from '../../base/index.ts'
import { Metadata, STATUS, type Status, type StatusCode } from '../../rpc/index.ts'
import type { BodyOutcome, NodeExchange } from '../http/index.ts'
import { httpStatusOf } from './http-status.ts'

export const CUT_OFF: Status = { code: STATUS.INVALID_ARGUMENT, message: 'unexpected EOF' }
export const LEAVING: Status = { code: STATUS.UNAVAILABLE, message: 'etcdserver: server stopped' }

const BODY_FAILURES: Readonly<Record<Exclude<BodyOutcome['kind'], 'whole'>, Status>> = {
  tooLarge: { code: STATUS.INVALID_ARGUMENT, message: 'etcdserver: request is too large' },
  tooSlow: { code: STATUS.CANCELLED, message: 'the body of the request took too long' },
  noRoom: { code: STATUS.RESOURCE_EXHAUSTED, message: 'etcdserver: too many requests' },
}

export function statusOfBody(kind: keyof typeof BODY_FAILURES): Status {
  return BODY_FAILURES[kind]
}

/** Of what a body was refused for; anything else is a mistake, and thrown on. */
export function statusOfRefusal(error: unknown): Status {
  if (!(error instanceof KvError)) throw error
  return { code: error.spec.grpc as StatusCode, message: error.message }
}

/** With the keys of every version of etcd: clients look for one of them. */
export function sendFailure(
  exchange: NodeExchange,
  { code, message }: Status,
  trailing: Metadata = Metadata.EMPTY,
): void {
  const { response } = exchange
  if (response.headersSent) return
  const { fields } = trailing
  for (let at = 0; at < fields.length; at += 2) {
    response.setHeader(`Grpc-Trailer-${fields[at]}`, fields[at + 1] as string)
  }
  exchange.sendJson(httpStatusOf(code), JSON.stringify({ error: message, message, code }))
}

/** Within a stream that has begun. */
export function failureLine({ code, message }: Status): string {
  const status = { grpc_code: code, http_code: httpStatusOf(code), message, code }
  return `${JSON.stringify({ error: status })}\n`
}
