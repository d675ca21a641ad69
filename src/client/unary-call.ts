/** One call of any service over one connection, once. */

import type { CallEnd, ClientCall } from '../rpc/index.ts'
import type { MethodDescription } from '../wire/index.ts'
import type { Connection } from './connection.ts'

export type UnaryOutcome<Response> =
  | { readonly kind: 'answered'; readonly response: Response }
  | { readonly kind: 'ended'; readonly end: CallEnd }

export interface UnaryRules {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Never rejects. Fields of bytes of the answer are its own. */
export function callOnce<Request, Response>(
  connection: Connection,
  { path, request: requests, response: responses }: MethodDescription<Request, Response>,
  { request, timeoutMs, signal }: UnaryRules & { readonly request: Request },
): Promise<UnaryOutcome<Response>> {
  const bytes = new Uint8Array(requests.encodedLength(request))
  requests.encode(request, bytes, 0)
  return new Promise((resolve) => {
    let response: { readonly value: Response } | null = null
    const cancel = (): void => call.cancel()
    const receiver = {
      message: (from: Uint8Array, offset: number, length: number) => {
        const own = from.slice(offset, offset + length)
        response = { value: responses.decode(own, 0, length) }
      },
      ended: (end: CallEnd) => {
        signal?.removeEventListener('abort', cancel)
        const isAnswered = end.status.code === 0 && response !== null
        if (isAnswered) resolve({ kind: 'answered', response: response?.value as Response })
        else resolve({ kind: 'ended', end })
      },
      writable: () => {},
    }
    const call: ClientCall = connection.unary(path, bytes, receiver, { timeoutMs })
    signal?.addEventListener('abort', cancel, { once: true })
  })
}
